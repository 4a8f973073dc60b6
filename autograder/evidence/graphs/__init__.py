"""Collecting what a function builds of Keras layers. Of this room, only what lies here imports Keras."""
