# subject: objects
# tries: attributes, methods, len, iteration, comparison and truth of an object that stays
# %% solution
class Stack:
    ### BEGIN SOLUTION
    def __init__(self, items=()):
        self.items = list(items)

    def push(self, item):
        self.items.append(item)
        return self

    def pop(self):
        if not self.items:
            raise IndexError("empty")
        return self.items.pop()

    def __len__(self):
        return len(self.items)

    def __iter__(self):
        return iter(reversed(self.items))

    def __eq__(self, other):
        return isinstance(other, Stack) and self.items == other.items

    def __contains__(self, item):
        return item in self.items

    def __repr__(self):
        return f"Stack({self.items})"

    ### END SOLUTION
    pass


# %% wrong
class Stack:
    def __init__(self, items=()):
        self.items = list(items)

    def push(self, item):
        self.items.insert(0, item)

    def pop(self):
        return self.items.pop() if self.items else None

    def __iter__(self):
        return iter(self.items)


# %% test 2
s = Stack()
s.push(1).push(2)
assert s.pop() == 2
assert s.items == [1]
# %% test 1
assert len(Stack([1, 2])) == 2 and not Stack()
# %% test 1
assert list(Stack("ab")) == ["b", "a"]
assert 3 in Stack([3]) and 4 not in Stack([3])
# %% test 1
assert Stack([1]) == Stack([1])
assert Stack([1]) != Stack([2])
assert Stack([1]) != [1]
# %% test 1
assert repr(Stack([1])) == "Stack([1])" and f"{Stack()}" == "Stack([])"
# %% test 1
try:
    Stack().pop()
except IndexError as error:
    assert "empty" in str(error)
else:
    assert False
# %% test 1
assert isinstance(s, Stack)
assert type(s) is Stack
assert hasattr(s, "push") and not hasattr(s, "shove")
