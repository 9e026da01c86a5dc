"""Where on a picture a face is. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """Pixels of the picture as it was given, upright; the right and lower edges lie outside."""

    xmin: int
    ymin: int
    xmax: int
    ymax: int

    @property
    def area(self) -> int:
        return max(0, self.xmax - self.xmin) * max(0, self.ymax - self.ymin)

    def shared(self, other: "Box") -> float:
        """The area that both cover, as a share of what they cover together."""
        both = Box(
            max(self.xmin, other.xmin),
            max(self.ymin, other.ymin),
            min(self.xmax, other.xmax),
            min(self.ymax, other.ymax),
        ).area
        return both / max(1, self.area + other.area - both)

    def within(self, size: tuple[int, int]) -> "Box":
        """As much of it as lies in a picture of `size`."""
        width, height = size
        return Box(max(0, self.xmin), max(0, self.ymin), min(width, self.xmax), min(height, self.ymax))

    def scaled(self, factor: float) -> "Box":
        return Box(*(round(side * factor) for side in (self.xmin, self.ymin, self.xmax, self.ymax)))
