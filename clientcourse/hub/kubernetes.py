"""Makes Zero to JupyterHub, JupyterHub on Kubernetes, serve a course: only sets configuration.

What the Helm chart has values for (images, limits, log-in, the course's server) stands in
`deploy/kubernetes/values.yaml`, which calls this from `hub.extraConfig`. This runs in the hub's own
image, which has no package of the course but this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clientcourse.hub.accounts import NAME, Accounts
from clientcourse.hub.configure import (
    FirstPage,
    HubCourse,
    configure_pages,
    instructor_role,
    trainee_environment,
)
from clientcourse.start import DEFAULT_URL

if TYPE_CHECKING:
    from traitlets.config import Config

VOLUME = "clientcourse"
"""Name of the claim to the volume that all share."""

ACCOUNTS = Path("/srv/clientcourse/accounts")
"""Where the hub's pod shows that volume's folder of accounts."""

HOME = "/home/trainee"
"""Where a trainee's pod shows their home."""

# A link that the Dockerfile makes, whichever Python there is.
_PACKAGE_IN_IMAGE = Path("/opt/clientcourse/package")
_NO_RIGHTS = {
    "runAsNonRoot": True,
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
# Without braces, in which KubeSpawner looks for names of its own.
_MAKE_HOME = """
umask 077
[ -d "/homes/$1" ] || mkdir "/homes/$1"
if ! [ -O "/homes/$1" ]; then
    echo "The home of $1 does not belong to the account $(id -u). Nothing is started." >&2
    exit 1
fi
echo "$2" > /account/passwd
"""


def configure_kubernetes(c: Config, course: HubCourse, accounts: Path = ACCOUNTS) -> None:
    """Add to the chart's configuration what a course of ours needs.

    Every trainee's server runs in an account of its own and sees of the shared volume nothing but
    that trainee's home and nbgrader's exchange.

    Parameters
    ----------
    c
        The hub's configuration, as the chart has set it.
    course
        Its `exchange` is where pods show the exchange.
    accounts
        Folder in which the hub keeps who has which account.
    """
    # The chart has put in its own: the culler's.
    c.JupyterHub.load_roles.append(instructor_role(course))
    c.JupyterHub.default_url = FirstPage(course.instructors)
    configure_pages(c, course.language)
    c.Authenticator.admin_users = set()
    c.Authenticator.username_pattern = f"^{NAME}$"
    servers = c.KubeSpawner
    servers.default_url = DEFAULT_URL
    servers.disable_user_config = True
    servers.working_dir = HOME
    servers.environment.update(
        {**trainee_environment(course, _PACKAGE_IN_IMAGE), "HOME": HOME, "TMPDIR": "/tmp"}  # noqa: S108
    )
    servers.container_security_context = _NO_RIGHTS
    # Kubernetes would give all files of the volume to such a group.
    servers.fs_gid = None
    servers.volumes = [
        {"name": VOLUME, "persistentVolumeClaim": {"claimName": VOLUME}},
        {"name": "account", "emptyDir": {"sizeLimit": "1Mi"}},
        {"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}},
    ]
    servers.pre_spawn_hook = _OwnAccount(Accounts(accounts, HOME), course)


@dataclass(frozen=True)
class _OwnAccount:
    """Lets a server run in its trainee's account, with their home."""

    accounts: Accounts
    course: HubCourse

    def __call__(self, spawner: Any) -> None:  # noqa: ANN401 - a spawner of JupyterHub
        account = self.accounts.of(spawner.user.name)
        spawner.uid = spawner.gid = account.number
        spawner.volume_mounts = [
            _mount(VOLUME, HOME, subPath=f"homes/{account.name}"),
            _mount(VOLUME, str(self.course.exchange), subPath="exchange"),
            _mount("account", "/var/lib/extrausers", readOnly=True),
            _mount("tmp", "/tmp"),  # noqa: S108
        ]
        spawner.init_containers = [
            {
                "name": "home",
                "image": spawner.image,
                "imagePullPolicy": spawner.image_pull_policy,
                "command": ["/bin/sh", "-euc", _MAKE_HOME, "home", account.name, str(account)],
                "securityContext": {
                    **_NO_RIGHTS,
                    "runAsUser": account.number,
                    "runAsGroup": account.number,
                },
                "resources": {
                    "requests": {"cpu": "10m", "memory": "16Mi"},
                    "limits": {"cpu": "1", "memory": "64Mi"},
                },
                "volumeMounts": [
                    _mount(VOLUME, "/homes", subPath="homes"),
                    _mount("account", "/account"),
                ],
            }
        ]


def _mount(volume: str, path: str, **more: object) -> dict[str, object]:
    return {"name": volume, "mountPath": path, **more}
