# subject: objects
# tries: named tuples with methods, enumerations, dataclasses, in several spellings
# %% solution
### BEGIN SOLUTION
from dataclasses import dataclass, field
from enum import Enum, auto, IntEnum
from typing import NamedTuple, Optional

class Color(Enum):
    RED = 1
    GREEN = 2
    BLUE = 3

    @property
    def short(self):
        return self.name[0]

class Level(IntEnum):
    LOW = 1
    HIGH = 10

class Point(NamedTuple):
    x: float
    y: float = 0.0

    def norm(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5

@dataclass(order=True, frozen=True)
class Card:
    rank: int
    suit: str = field(compare=False, default="spades")

@dataclass
class Hand:
    cards: list = field(default_factory=list)
    owner: Optional[str] = None

    def add(self, card: Card) -> "Hand":
        self.cards.append(card)
        return self

    def best(self) -> Card:
        return max(self.cards)

def favourite():
    return Color.GREEN

def origin():
    return Point(0)
### END SOLUTION
# %% right
import enum
import dataclasses
import typing
from collections import namedtuple

Color = enum.Enum("Color", "RED GREEN BLUE")
Color.short = property(lambda self: self.name[:1])

class Level(enum.IntEnum):
    LOW = 1
    HIGH = LOW * 10

class Point(namedtuple("Point", ["x", "y"], defaults=[0.0])):
    def norm(self):
        import math
        return math.hypot(*self)

@dataclasses.dataclass(order=True, frozen=True)
class Card:
    rank: int
    suit: str = dataclasses.field(default="spades", compare=False)

@dataclasses.dataclass
class Hand:
    cards: typing.List[Card] = dataclasses.field(default_factory=list)
    owner: typing.Union[str, None] = None

    def add(self, card):
        self.cards = [*self.cards, card]
        return self

    def best(self):
        return sorted(self.cards)[-1]

def favourite():
    return Color(2)

def origin():
    return Point(0.0, 0.0)
# %% wrong
class Color:
    RED, GREEN, BLUE = 1, 2, 3
class Level:
    LOW, HIGH = 1, 10
class Point:
    def __init__(self, x, y=0):
        self.x, self.y = x, y
class Card:
    def __init__(self, rank, suit="spades"):
        self.rank, self.suit = rank, suit
class Hand:
    cards = []
    owner = None
    def add(self, card):
        self.cards.append(card)
    def best(self):
        return self.cards[0]
def favourite(): return "GREEN"
def origin(): return (0, 0)
# %% test 1
assert Color.GREEN.value == 2 and Color.RED.name == "RED"
assert [c.name for c in Color] == ["RED", "GREEN", "BLUE"]
assert len(Color) == 3
assert Color(3) is Color.BLUE and Color["RED"] == Color.RED
# %% test 1
assert favourite() is Color.GREEN
assert favourite() in Color
assert favourite().short == "G"
assert isinstance(favourite(), Color)
# %% test 1
assert Level.HIGH > Level.LOW
assert Level.HIGH == 10
assert int(Level.LOW) + 1 == 2
# %% test 1
p = Point(3, 4)
assert p == (3, 4)
assert p.norm() == 5
assert Point(1).y == 0
x, y = p
assert (x, y) == (3, 4) and p[0] == p.x
assert p._fields == ("x", "y") and p._asdict() == {"x": 3, "y": 4}
assert p._replace(x=0) == Point(0, 4)
# %% test 1
assert origin() == Point(0, 0)
assert isinstance(origin(), Point) and isinstance(origin(), tuple)
# %% test 2
import dataclasses
assert dataclasses.is_dataclass(Card)
assert Card(3) < Card(5) and Card(4, "hearts") == Card(4)
assert [f.name for f in dataclasses.fields(Card)] == ["rank", "suit"]
assert repr(Card(2)) == "Card(rank=2, suit='spades')"
try:
    Card(1).rank = 5
    raise AssertionError("not frozen")
except dataclasses.FrozenInstanceError:
    pass
assert hash(Card(1)) == hash(Card(1))
# %% test 1
h = Hand(owner="me").add(Card(3)).add(Card(12))
assert h.best() == Card(12)
assert h.best().rank == 12
assert len(h.cards) == 2
assert Hand().cards == [] and Hand() == Hand()
assert dataclasses.asdict(Hand([Card(1)])) == {"cards": [{"rank": 1, "suit": "spades"}], "owner": None}
# %% test 1
assert Hand.__annotations__.keys() >= {"cards", "owner"}
assert Card.__dataclass_params__.frozen
