"""How the C library keeps memory: blocks of some MiB come and go with every transfer.

By default glibc gives each such block back to the kernel at once, which must then clear its pages for the next
one: moving a file took three times the CPU time (measured). Elsewhere than on glibc this does nothing.
"""

import ctypes

# Names and numbers of mallopt(3).
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_KEPT_BYTES = 32 << 20  # the most that glibc accepts for the second
_ARENAS = 2


def keep_memory() -> None:
    """Let this process keep up to 32 MiB of freed memory in each of two arenas."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)
        mallopt(_M_MMAP_THRESHOLD, _KEPT_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
