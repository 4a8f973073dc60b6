# subject: programming
# tries: locked data that functions change, names that a test binds and they change, and helpers replaced by a test
# %% locked
inventory = []
score = 0
grid = [[" "] * 3 for _ in range(3)]
# %% solution
def add_item(item, qty=1):
    ### BEGIN SOLUTION
    inventory.extend([item] * qty)
    ### END SOLUTION

def win(points):
    ### BEGIN SOLUTION
    global score
    score += points
    return score
    ### END SOLUTION
# %% right
def add_item(item, qty=1):
    for _ in range(qty):
        inventory.append(item)
def win(points):
    global score
    score = score + points
    return score
# %% wrong
def add_item(item, qty=1):
    inventory = [item] * qty
def win(points):
    return points
# %% test 1
inventory.clear()
add_item("sword")
add_item("potion", 3)
assert inventory == ["sword", "potion", "potion", "potion"]
assert inventory.count("potion") == 3
# %% test 1
score = 10
assert win(5) == 15
assert score == 15
win(1); win(1)
assert score == 17
# %% test 1
inventory = ["map"]
add_item("key")
assert inventory == ["map", "key"]
# %% solution
### BEGIN SOLUTION
def place(r, c, mark):
    if grid[r][c] != " ":
        return False
    grid[r][c] = mark
    return True

def winner():
    lines = [*grid, *map(list, zip(*grid)), [grid[i][i] for i in range(3)], [grid[i][2 - i] for i in range(3)]]
    for l in lines:
        if l[0] != " " and len(set(l)) == 1:
            return l[0]
    return None

def reset():
    for row in grid:
        row[:] = [" "] * 3

config = {"size": 3, "marks": ["X", "O"]}
history = []
def play(moves):
    reset()
    history.clear()
    for i, (r, c) in enumerate(moves):
        place(r, c, config["marks"][i % 2])
        history.append((r, c))
        if winner():
            return winner()
### END SOLUTION
# %% right
def place(r, c, mark):
    free = grid[r][c] == " "
    if free:
        grid[r][c] = mark
    return free
def winner():
    cells = "".join("".join(r) for r in grid)
    for a, b, c in [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]:
        if cells[a] == cells[b] == cells[c] != " ":
            return cells[a]
def reset():
    global grid
    grid = [[" " for _ in range(3)] for _ in range(3)]
config = dict(size=3, marks=["X", "O"])
history = list()
def play(moves):
    global history
    reset()
    history = []
    turn = 0
    for r, c in moves:
        place(r, c, config["marks"][turn])
        turn = 1 - turn
        history += [(r, c)]
        w = winner()
        if w is not None:
            return w
# %% wrong
def place(r, c, mark): return True
def winner(): return "X"
def reset(): pass
config = {}
history = None
def play(moves): return "X"
# %% test 2
grid = [[" "] * 3 for _ in range(3)]
assert place(0, 0, "X") is True
assert grid[0][0] == "X"
assert place(0, 0, "O") is False and grid[0][0] == "X"
grid[1] = ["O", "O", "O"]
assert winner() == "O"
reset()
assert all(cell == " " for row in grid for cell in row)
assert winner() is None
# %% test 1
assert play([(0, 0), (1, 0), (0, 1), (1, 1), (0, 2)]) == "X"
assert len(history) == 5 and history[-1] == (0, 2)
assert grid[0] == ["X", "X", "X"]
# %% test 1
config["marks"] = ["A", "B"]
assert play([(0, 0), (1, 0), (0, 1), (1, 1), (2, 2), (1, 2)]) == "B"
config["marks"] = ["X", "O"]
# %% test 1
saved = place
del place
try:
    play([(0, 0)])
    used = False
except NameError:
    used = True
place = saved
assert used, "play must call place"
# %% test 1
_calls = []
_orig = winner
def winner():
    _calls.append(1)
    return _orig()
play([(0, 0), (1, 0), (0, 1)])
winner = _orig
assert len(_calls) >= 3
