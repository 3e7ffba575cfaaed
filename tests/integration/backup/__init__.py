"""An installation is copied, carried off and put back."""
