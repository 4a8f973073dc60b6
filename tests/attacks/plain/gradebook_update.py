# story: An UPDATE of the gradebook: more points than there are.
# aim: points
# stock: points
# raises: OperationalError: there is no such file where it runs

# %% last
import sqlite3

with sqlite3.connect(known.course + "/gradebook.db", timeout=10) as book:
    student = __import__("os").getcwd().split("/")[-2]
    book.execute(
        "UPDATE grade SET manual_score = 20 WHERE cell_id = (SELECT id FROM base_cell WHERE name = 'test_triple') "
        "AND notebook_id IN (SELECT id FROM submitted_notebook WHERE assignment_id IN "
        "(SELECT id FROM submitted_assignment WHERE student_id = ?))",
        (student,),
    )
