# subject: objects
# tries: abstract classes, classes that the test derives, orders in several spellings
# %% given
import math
from abc import ABC, abstractmethod
# %% solution
### BEGIN SOLUTION
class Shape(ABC):
    count = 0

    def __init__(self, name):
        self.name = name
        Shape.count += 1

    @abstractmethod
    def area(self):
        ...

    def __lt__(self, other):
        return self.area() < other.area()

    def __str__(self):
        return f"{self.name} with area {self.area():.2f}"

class Circle(Shape):
    def __init__(self, radius):
        super().__init__("circle")
        self.radius = radius

    @property
    def radius(self):
        return self._radius

    @radius.setter
    def radius(self, value):
        if value < 0:
            raise ValueError("negative radius")
        self._radius = value

    def area(self):
        return math.pi * self.radius ** 2

class Rectangle(Shape):
    def __init__(self, w, h):
        super().__init__("rectangle")
        self.w, self.h = w, h

    def area(self):
        return self.w * self.h

    @classmethod
    def square(cls, side):
        return cls(side, side)

    @staticmethod
    def is_valid(w, h):
        return w > 0 and h > 0

    def __eq__(self, other):
        if not isinstance(other, Rectangle):
            return NotImplemented
        return (self.w, self.h) == (other.w, other.h)

    def __hash__(self):
        return hash((self.w, self.h))

class Square(Rectangle):
    def __init__(self, side):
        super().__init__(side, side)
        self.name = "square"
### END SOLUTION
# %% right
from functools import total_ordering

@total_ordering
class Shape(ABC):
    count = 0

    def __init__(self, name="shape"):
        self.name = name
        type(self)._more()

    @classmethod
    def _more(cls):
        Shape.count = Shape.count + 1

    @abstractmethod
    def area(self):
        raise NotImplementedError

    def __lt__(self, other):
        return self.area() < other.area()

    def __eq__(self, other):
        return self is other

    def __hash__(self):
        return id(self)

    def __str__(self):
        return "%s with area %.2f" % (self.name, self.area())

class Circle(Shape):
    def __init__(self, radius=1):
        Shape.__init__(self, "circle")
        self._set(radius)

    def _set(self, r):
        if not r >= 0:
            raise ValueError(f"a radius can't be {r}: negative")
        self.__r = r

    radius = property(lambda self: self.__r, _set)

    def area(self):
        return math.pi * self.__r * self.__r

class Rectangle(Shape):
    def __init__(self, w, h):
        super().__init__("rectangle")
        self.w = w
        self.h = h

    area = lambda self: self.w * self.h

    @classmethod
    def square(cls, side):
        return cls(h=side, w=side)

    is_valid = staticmethod(lambda w, h: min(w, h) > 0)

    def __eq__(self, other):
        return type(other) in (Rectangle, Square) and self.w == other.w and self.h == other.h

    def __hash__(self):
        return hash(self.w) ^ hash(self.h) << 1

class Square(Rectangle):
    def __init__(self, side):
        Rectangle.__init__(self, side, side)
        self.name = "square"
# %% wrong
class Shape:
    count = 0
    def __init__(self, name):
        self.name = name
    def area(self):
        return 0
class Circle(Shape):
    def __init__(self, radius):
        self.name = "circle"
        self.radius = radius
    def area(self):
        return 3 * self.radius ** 2
class Rectangle(Shape):
    def __init__(self, w, h):
        self.w, self.h = w, h
    def square(side):
        return side
class Square:
    pass
# %% test 1
try:
    Shape("x")
except TypeError:
    pass
else:
    raise AssertionError("Shape must be abstract")
# %% test 1
c = Circle(2)
assert math.isclose(c.area(), 4 * math.pi)
c.radius = 3
assert math.isclose(c.area(), 9 * math.pi)
try:
    c.radius = -1
    assert False, "no ValueError"
except ValueError as e:
    assert "negative" in str(e)
assert c.radius == 3
# %% test 1
assert isinstance(Circle.radius, property)
assert issubclass(Circle, Shape)
assert Square.__bases__ == (Rectangle,)
assert Square.__mro__[1] is Rectangle
# %% test 2
shapes = [Rectangle(3, 4), Circle(1), Square(2)]
assert [s.name for s in sorted(shapes)] == ["circle", "square", "rectangle"]
assert max(shapes).name == "rectangle"
assert min(shapes, key=lambda s: s.area()).name == "circle"
assert str(shapes[2]) == "square with area 4.00"
assert sum(s.area() for s in shapes) > 19
# %% test 1
r = Rectangle.square(5)
assert r.area() == 25
assert type(r) == Rectangle
assert Rectangle.is_valid(1, 2) and not Rectangle.is_valid(0, 1)
# %% test 1
assert Rectangle(1, 2) == Rectangle(1, 2)
assert Rectangle(1, 2) != Rectangle(2, 1)
assert len({Rectangle(1, 2), Rectangle(1, 2), Rectangle(3, 3)}) == 2
assert Rectangle(1, 2) in [Rectangle(0, 0), Rectangle(1, 2)]
assert {Rectangle(1, 2): "a"}[Rectangle(1, 2)] == "a"
# %% test 1
before = Shape.count
Circle(1); Square(1)
assert Shape.count - before == 2
# %% test 1
sq = Square(3)
assert isinstance(sq, Rectangle) and isinstance(sq, Shape) and not isinstance(sq, Circle)
assert sq.__class__.__name__ == "Square"
assert hasattr(sq, "w") and getattr(sq, "h") == 3
assert vars(sq)["name"] == "square"
# %% test 1
class Triangle(Shape):
    def __init__(self):
        super().__init__("triangle")
    def area(self):
        return 0.5

t = Triangle()
assert isinstance(t, Shape)
assert str(t) == "triangle with area 0.50"
assert t < Circle(1)
