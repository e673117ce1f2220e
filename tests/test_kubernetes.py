"""The course on Kubernetes, as far as it can be looked at without a cluster.

KubeSpawner makes its pods, Kubernetes' own schemas judge the manifests, and the network policies
are asked who may talk to whom.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import kubernetes_validate
import pytest
import yaml
from jupyterhub.objects import Hub
from kubernetes_asyncio.client import ApiClient
from kubespawner import KubeSpawner
from traitlets.config import Config

from clientcourse.hub.accounts import FIRST, LAST, Accounts, NoAccount
from clientcourse.hub.kubernetes import HOME
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy/kubernetes"
VERSIONS = ("1.33", kubernetes_validate.latest_version())
MANIFESTS = sorted(set(DEPLOY.glob("*.yaml")) - {DEPLOY / "values.yaml"})
VALUES = yaml.safe_load((DEPLOY / "values.yaml").read_text())
Manifest = dict[str, Any]


def resources() -> Iterator[Manifest]:
    for path in MANIFESTS:
        for document in yaml.safe_load_all(path.read_text()):
            if document["kind"] != "Kustomization":
                yield from document["items"] if document["kind"] == "List" else [document]


def pod(resource: Manifest) -> Manifest | None:
    """Return the template of the pods that a resource makes, if it makes any."""
    spec = resource["spec"]
    template: Manifest | None = spec.get("jobTemplate", {}).get("spec", spec).get("template")
    return template


PODS = {resource["metadata"]["name"]: made for resource in resources() if (made := pod(resource))}
GRADING = ("course", "watch", "dask-worker")


# What the hub makes of the values


def hub_config(accounts: Path) -> Config:
    """Return what the chart's hub would have after `hub.extraConfig` was run."""
    c = Config()
    c.JupyterHub.load_roles = [{"name": "jupyterhub-idle-culler"}]
    c.KubeSpawner.environment = {}
    code = VALUES["hub"]["extraConfig"]["clientcourse.py"].replace("CHANGE-ME", "tang")
    exec(code, {"c": c})  # noqa: S102 - as the chart does
    (accounts / "passwd").touch()
    hook = c.KubeSpawner.pre_spawn_hook
    c.KubeSpawner.pre_spawn_hook = replace(hook, accounts=replace(hook.accounts, folder=accounts))
    return c


def server_of(name: str, accounts: Path) -> Manifest:
    """Return the pod that KubeSpawner would ask Kubernetes for."""

    async def made() -> Manifest:
        spawner = KubeSpawner(
            _mock=True,
            config=hub_config(accounts),
            hub=Hub(),
            user=SimpleNamespace(name=name, id=1, url="/", escaped_name=name),
            cmd=[VALUES["singleuser"]["cmd"]],
            image="clientcourse:1",
            mem_limit=VALUES["singleuser"]["memory"]["limit"],
            uid=VALUES["singleuser"]["uid"],
            api_token="secret",  # noqa: S106
            oauth_client_id="unused",
            extra_labels={"hub.jupyter.org/network-access-hub": "true"},
            common_labels={"app": "jupyterhub"},
        )
        spawner.run_pre_spawn_hook()
        manifest: Manifest = ApiClient().sanitize_for_serialization(
            await spawner.get_pod_manifest()
        )
        return manifest

    # No cluster is asked; in a thread of its own, as Playwright may hold this one's event loop.
    with patch("kubespawner.spawner.load_config"), ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, made()).result()


@pytest.fixture
def lin(tmp_path: Path) -> Manifest:
    return server_of("lin", tmp_path)


def test_each_trainee_has_an_account_of_their_own_that_stays(tmp_path: Path) -> None:
    def account(name: str) -> tuple[int, int]:
        [container] = server_of(name, tmp_path)["spec"]["containers"]
        context = container["securityContext"]
        return context["runAsUser"], context["runAsGroup"]

    assert [account(name) for name in ("lin", "mo", "lin")] == [
        (FIRST, FIRST),
        (FIRST + 1, FIRST + 1),
        (FIRST, FIRST),
    ]


def test_a_server_sees_its_own_home_and_the_exchange_and_no_more(lin: Manifest) -> None:
    [container] = lin["spec"]["containers"]
    shared = {
        mount["mountPath"]: mount["subPath"]
        for mount in container["volumeMounts"]
        if mount["name"] == "clientcourse"
    }
    assert shared == {HOME: "homes/lin", "/srv/clientcourse/exchange": "exchange"}


def test_a_server_is_valid_to_kubernetes(lin: Manifest) -> None:
    for version in VERSIONS:
        kubernetes_validate.validate(lin, version, strict=True)


def test_nothing_gives_the_volume_away(lin: Manifest) -> None:
    """Of `fsGroup` Kubernetes makes a new group for every file."""
    assert VALUES["singleuser"]["fsGid"] is None
    assert "fsGroup" not in lin["spec"].get("securityContext", {})


def test_servers_find_their_settings_in_the_image(lin: Manifest) -> None:
    [container] = lin["spec"]["containers"]
    environment = {variable["name"]: variable.get("value") for variable in container["env"]}
    folders = environment["JUPYTER_CONFIG_PATH"].split(":")
    here = [
        re.sub("^/opt/clientcourse/package", str(ROOT / "clientcourse"), path) for path in folders
    ]
    assert [Path(path).is_dir() for path in here] == [True, True]
    assert "/opt/clientcourse/package" in (DEPLOY / "Dockerfile").read_text().replace("\\\n", "")
    assert environment["CLIENTCOURSE_ID"] == "client-managers"


def test_instructors_get_one_scope_and_the_chart_keeps_its_roles(tmp_path: Path) -> None:
    culler, instructor = hub_config(tmp_path).JupyterHub.load_roles
    assert culler["name"] == "jupyterhub-idle-culler"
    assert instructor["users"] == ["tang"]
    assert instructor["scopes"] == ["access:services!service=course"]


def test_the_hub_keeps_its_frame_policy(tmp_path: Path) -> None:
    assert "tornado_settings" not in hub_config(tmp_path).JupyterHub
    assert "template_vars" not in VALUES["hub"]


def test_the_hubs_image_needs_no_package_of_the_course() -> None:
    program = """
import json, sys
import jupyterhub.app
packages = lambda: {name.partition(".")[0] for name in sys.modules}
before = packages()
import clientcourse.hub.kubernetes
print(json.dumps(sorted(packages() - before)))
"""
    out = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert set(json.loads(out)) - sys.stdlib_module_names == {"clientcourse"}


# Homes


def make_home(manifest: Manifest, homes: Path) -> subprocess.CompletedProcess[str]:
    """Run what makes a home, with folders of this machine."""
    [container] = manifest["spec"]["initContainers"]
    account = homes.parent / "account"
    account.mkdir(exist_ok=True)
    account.chmod(0o777)
    command = [
        part.replace("/homes/", f"{homes}/").replace("/account/", f"{account}/")
        for part in container["command"]
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_home_is_made_closed_and_kept(lin: Manifest, tmp_path: Path) -> None:
    homes = tmp_path / "homes"
    homes.mkdir()
    for _ in range(2):
        made = make_home(lin, homes)
        assert made.returncode == 0, made.stderr
        (homes / "lin" / "notes.txt").touch()
    assert stat.S_IMODE((homes / "lin").stat().st_mode) == 0o700
    line = (tmp_path / "account/passwd").read_text()
    assert line == f"lin:x:{FIRST}:{FIRST}::{HOME}:/bin/sh\n"


def test_a_home_of_someone_else_is_not_entered(lin: Manifest, tmp_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can give a folder to someone else")
    homes = tmp_path / "homes"
    (homes / "lin").mkdir(parents=True)
    os.chown(homes / "lin", FIRST + 1, FIRST + 1)
    made = make_home(lin, homes)
    assert made.returncode == 1
    assert made.stderr.startswith("The home of lin does not belong to the account 0.")


def test_a_home_is_made_in_its_trainees_account_without_any_right(lin: Manifest) -> None:
    [home] = lin["spec"]["initContainers"]
    [server] = lin["spec"]["containers"]
    assert home["securityContext"] == server["securityContext"]
    assert server["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert server["securityContext"]["readOnlyRootFilesystem"] is True


# Accounts


def test_accounts_given_away_at_the_same_time_are_different(tmp_path: Path) -> None:
    (tmp_path / "passwd").touch()
    names = [f"trainee-{number}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda name: Accounts(tmp_path, HOME).of(name).number, names))
    assert sorted(numbers) == list(range(FIRST, FIRST + 40))


@pytest.mark.parametrize(
    "name",
    ["", "a/b", "..", ".lin", "a+b", "a:b", "a\nb", "林", "Lin", "{username}", "root", "course"],
)
def test_names_that_cannot_name_an_account_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(NoAccount, match="cannot be the name of a trainee"):
        Accounts(tmp_path, HOME).of(name)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ["lin:x:10000:10000::/h:/bin/sh", "mo:x:10000:10000::/h:/bin/sh"],
            "gives an account away",
        ),
        (
            ["lin:x:10000:10000::/h:/bin/sh", "lin:x:10001:10001::/h:/bin/sh"],
            "gives an account away",
        ),
        (["lin:x:0:0::/root:/bin/sh"], "none of ours"),
        (["lin:x:100"], "none of ours"),
        ([f"lin:x:{LAST}:{LAST}::/h:/bin/sh"], "accounts are given away"),
    ],
)
def test_damaged_or_used_up_accounts_start_nobody(
    lines: list[str], said: str, tmp_path: Path
) -> None:
    (tmp_path / "passwd").write_text("\n".join(lines) + "\n")
    with pytest.raises(NoAccount, match=said):
        Accounts(tmp_path, HOME).of("new")


def test_lost_accounts_are_not_given_away_anew(tmp_path: Path) -> None:
    with pytest.raises(NoAccount, match="is lost"):
        Accounts(tmp_path, HOME).of("lin")


# Manifests


@pytest.mark.parametrize("version", VERSIONS)
def test_manifests_are_valid_to_kubernetes(version: str) -> None:
    for resource in resources():
        kubernetes_validate.validate(resource, version, strict=True)


def test_all_is_applied_but_what_is_done_once() -> None:
    applied = yaml.safe_load((DEPLOY / "kustomization.yaml").read_text())["resources"]
    once = {"kustomization.yaml", "prepare.yaml", "restore.yaml"}
    assert sorted(applied) == sorted({path.name for path in MANIFESTS} - once)


@pytest.mark.parametrize("name", PODS)
def test_a_pod_has_no_more_rights_than_it_needs(name: str) -> None:
    spec = PODS[name]["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
    assert not [volume for volume in spec["volumes"] if "hostPath" in volume]
    rights = {"prepare": {"CHOWN", "FOWNER"}, "restore": {"CHOWN", "FOWNER", "DAC_OVERRIDE"}}
    for container in spec["containers"]:
        context = {**spec.get("securityContext", {}), **container["securityContext"]}
        assert "privileged" not in context
        assert context["allowPrivilegeEscalation"] is False
        assert context["readOnlyRootFilesystem"] is True
        assert context["capabilities"]["drop"] == ["ALL"]
        assert set(context["capabilities"].get("add", [])) == rights.get(name, set())
        assert (context["runAsUser"] == 0) == (name in rights)
        assert context["seccompProfile"]["type"] == (
            "Localhost" if name in GRADING else "RuntimeDefault"
        )
        assert container["resources"].keys() == {"requests", "limits"}


def test_passwords_are_in_secrets_only() -> None:
    for template in PODS.values():
        for container in template["spec"]["containers"]:
            for variable in container.get("env", []):
                if re.search("PASSWORD|TOKEN", variable["name"]):
                    assert variable.keys() == {"name", "valueFrom"}


@pytest.mark.parametrize("name", GRADING)
def test_where_trainee_code_is_graded_a_fence_can_stand(name: str) -> None:
    spec = PODS[name]["spec"]
    [container] = spec["containers"]
    assert spec["hostUsers"] is False  # without it Kubernetes refuses the next
    assert container["securityContext"]["procMount"] == "Unmasked"
    assert LAST < 2**16  # what a pod's user namespace has


def test_the_fence_finds_the_calls_it_needs() -> None:
    profile = json.loads((DEPLOY / "grading-seccomp.json").read_text())
    assert profile["defaultAction"] == "SCMP_ACT_ALLOW"
    [refused] = profile["syscalls"]
    needed = {"clone", "mount", "pivot_root", "seccomp", "setns", "umount2", "unshare"}
    assert not needed & set(refused["names"])


# Who may talk to whom

PROXY = {"app": "jupyterhub", "component": "proxy"}
HUB = {"app": "jupyterhub", "component": "hub"}
PORTS = {"course": 9999, "gradebook": 5432, "dask-scheduler": 8786, "dask-worker": 40000}
POLICIES = [resource["spec"] for resource in resources() if resource["kind"] == "NetworkPolicy"]


def selects(selector: Manifest, labels: dict[str, str]) -> bool:
    equal = selector.get("matchLabels", {}).items() <= labels.items()
    return equal and all(
        labels.get(expression["key"]) in expression["values"]
        for expression in selector.get("matchExpressions", [])
    )


def allowed(way: str, whom: dict[str, str], other: dict[str, str], port: int) -> bool:
    """Tell whether policies for somebody let them talk, by `ingress` or `egress`, to another."""
    mine = [policy for policy in POLICIES if selects(policy["podSelector"], whom)]
    limiting = [policy for policy in mine if way.capitalize() in policy["policyTypes"]]
    peers = "from" if way == "ingress" else "to"
    return not limiting or any(
        any(selects(peer["podSelector"], other) for peer in rule[peers] if "podSelector" in peer)
        and port in [one["port"] for one in rule.get("ports", [{"port": port}])]
        for policy in limiting
        for rule in policy.get(way, [])
    )


def reach(who: dict[str, str], whom: str) -> bool:
    there = {"clientcourse/part": whom}
    port = PORTS[whom]
    return allowed("egress", who, there, port) and allowed("ingress", there, who, port)


@pytest.mark.parametrize("whom", PORTS)
def test_a_trainee_reaches_nothing_of_ours(whom: str, lin: Manifest) -> None:
    labels = lin["metadata"]["labels"]
    assert labels["component"] == "singleuser-server"
    assert not reach(labels, whom)
    assert VALUES["singleuser"]["networkPolicy"]["egressAllowRules"]["privateIPs"] is False


def test_everyone_else_reaches_what_they_need_and_no_more() -> None:
    everyone = {name: {"clientcourse/part": name} for name in PODS} | {"proxy": PROXY, "hub": HUB}
    found = {whom: {name for name, who in everyone.items() if reach(who, whom)} for whom in PORTS}
    assert found == {
        "course": {"proxy", "hub"},
        "gradebook": {"course", "watch", "dask-worker", "backup", "restore"},
        "dask-scheduler": {"course", "dask-worker"},
        "dask-worker": {"dask-scheduler", "dask-worker"},
    }


def test_every_pod_has_a_policy() -> None:
    for template in PODS.values():
        labels = template["metadata"]["labels"]
        ways = {
            way for p in POLICIES if selects(p["podSelector"], labels) for way in p["policyTypes"]
        }
        assert ways == {"Ingress", "Egress"}
