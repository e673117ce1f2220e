"""JupyterHub for a course on one Linux server; copy it to /etc/jupyterhub/ and fill in the names.

`clientcourse hub-check /etc/jupyterhub/jupyterhub_config.py` tells what is still wrong.
"""

from pathlib import Path

from clientcourse.hub.configure import HubCourse, Limits, configure_hub

c = get_config()  # type: ignore[name-defined]  # noqa: F821

SERVER = Path("/srv/clientcourse")
INSTRUCTORS = frozenset({"CHANGE-ME"})  # log-in names

configure_hub(
    c,
    HubCourse(
        root=SERVER / "course",
        id="client-managers",  # as in course.yaml
        language="zh",
        exchange=SERVER / "exchange",
        instructors=INSTRUCTORS,
        account="course",
        release_feedback=True,
    ),
    state=Path("/var/lib/jupyterhub"),
    limits=Limits(memory="1G", cpus=1.0, idle_seconds=3600),
)

# Who may log in: here, accounts of this server that belong to the group `trainees`, and the
# instructors. For an institution's own log-in see README.md.
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {"trainees"}
c.Authenticator.allowed_users = set(INSTRUCTORS)

# Each trainee's server is a unit of systemd, which sees to the limits above.
c.JupyterHub.spawner_class = "systemd"
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.isolate_devices = True
c.SystemdSpawner.disable_user_sudo = True

# Only this server is listened to; TLS ends in front of it, see README.md.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
# The proxy is a unit of its own, so that people go on working while the hub is started anew.
c.ConfigurableHTTPProxy.should_start = False
