"""nbgrader's steps as this kit has them done: files copied, cells cleaned and run, scores saved, answers hidden."""
