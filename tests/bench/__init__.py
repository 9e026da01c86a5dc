"""`make bench`: each figure beside the peer or physical limit it is measured against, in one run, as medians.

Only ratios mean something: the speed of one machine drifts. Nothing here passes or fails.
"""
