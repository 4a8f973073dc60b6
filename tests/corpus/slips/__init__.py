"""Slips that beginners make, generated from the solutions: what does a report say of each?"""
