"""What nbgrader has to know in a trainee's server; the hub says it by the environment."""

import os

c = get_config()  # type: ignore[name-defined]  # noqa: F821
c.CourseDirectory.course_id = os.environ["CLIENTCOURSE_ID"]
c.Exchange.root = os.environ["CLIENTCOURSE_EXCHANGE"]
