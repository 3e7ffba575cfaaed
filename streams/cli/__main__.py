"""`python -m streams.cli` is `fenghuo`."""

import sys

from streams.cli import main

sys.exit(main())
