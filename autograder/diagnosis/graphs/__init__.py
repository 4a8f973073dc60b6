"""The verdict on a graph of layers: which layer stands for which, what differs, why, and in which line."""
