"""A whole city in one thread: the real shell and core over a simulated broker, disk, network, clock and people.

One number decides everything that chance decides. `running.py` plays a seed, `verdict.py` judges it, `plan.py` says
what a seed may do; the other rooms are what the shell speaks to. Only what cannot be had without threads, sockets or
real time is simulated; decision 0015 says where the line runs.
"""
