"""What every room stands on: a course's folders, messages in the reader's language, notebooks, time limits.

Nothing here knows what an exercise is, and nothing imports another room.
"""
