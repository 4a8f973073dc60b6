# subject: objects
# tries: a class that students get, whose objects the test makes and hands over
# %% locked
class Node:
    def __init__(self, value, next=None):
        self.value, self.next = value, next


def listed(node):
    found = []
    while node is not None:
        found.append(node.value)
        node = node.next
    return found
# %% solution
def reversed_list(head):
    ### BEGIN SOLUTION
    before = None
    while head is not None:
        head.next, before, head = before, head, head.next
    return before
    ### END SOLUTION


def length(head):
    ### BEGIN SOLUTION
    return 0 if head is None else 1 + length(head.next)
    ### END SOLUTION


def append(head, value):
    ### BEGIN SOLUTION
    if head is None:
        return Node(value)
    last = head
    while last.next is not None:
        last = last.next
    last.next = Node(value)
    return head
    ### END SOLUTION
# %% wrong
def reversed_list(head):
    return head


def length(head):
    return 1


def append(head, value):
    return Node(value, head)
# %% test 2
assert listed(reversed_list(Node(1, Node(2, Node(3))))) == [3, 2, 1]
# %% test 1
assert length(Node(1, Node(2))) == 2 and length(None) == 0
# %% test 1
head = append(Node("a"), "b")
assert isinstance(head, Node)
assert listed(head) == ["a", "b"]
