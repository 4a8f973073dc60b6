"""nbgrader's gradebook and what stands beside it: queries, scores, lateness, and what a release changed."""
