"""Warning 预警: from a graded incident to one message for the public, in its two renderings.

One room each for the national identifier, the national values, the guidance, CAP 1.2, and for putting a message
together. They weigh and record nothing: `workflows.stages.warning` says when a message is due.
"""
