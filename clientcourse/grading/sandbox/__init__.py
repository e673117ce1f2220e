"""Where trainee code runs: a fence of Linux namespaces with a warm Python inside.

Outside, in the grader's process, stand `settings`, `fence`, `parent` and `provisioner`; inside, as
programs of their own, `inside.warm`, `inside.keeper` and `inside.kernel`.
"""
