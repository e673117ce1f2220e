"""The course on JupyterHub, with real accounts: from release to feedback, and who may do what."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import ROOT
from tests.hub import ID, INSTRUCTOR, WORDS_POINTS, Hub, answer, go_home, hand_in, toy_hub
from tests.lab import OpenNotebook

pytestmark = pytest.mark.browser

MEAN = """complaints = lesson.complaints()
mean_reply = complaints["first_reply_hours"].mean()
lesson.answer("mean-reply", mean_reply)"""
WORDS = {"lin": "I am sorry, and I will see to it today.", "mo": "Not my job."}
FIGURES = ROOT / "build" / "bench" / "feedback.json"


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with toy_hub() as running:
        yield running


@pytest.fixture(scope="module")
def tang(hub: Hub, browser: Browser) -> Page:
    return hub.log_in(browser, INSTRUCTOR)


@pytest.fixture(scope="module")
def lin(hub: Hub, browser: Browser) -> Page:
    return hub.log_in(browser, "lin")


@pytest.fixture(scope="module")
def mo(hub: Hub, browser: Browser) -> Page:
    return hub.log_in(browser, "mo")


@pytest.fixture(scope="module")
def seconds() -> Iterator[dict[str, float]]:
    """From handing in to feedback that can be read, by who it was; no test depends on them."""
    figures: dict[str, float] = {}
    yield figures
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    FIGURES.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"\nSeconds from handing in to readable feedback: {figures}")  # noqa: T201


# The tests are one story, told in order.


def confirm(page: Page) -> None:
    """Wait for formgrader's word that it has worked, and close it."""
    page.locator("#success-modal").wait_for()
    page.locator("#success-modal .modal-footer [data-dismiss=modal]").click()
    page.locator("#success-modal").wait_for(state="detached")


def feedback_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Read feedback: The first call (opens in")


def read_feedback(page: Page) -> Page:
    """Wait on the start page for feedback that is new, and open it."""
    page.reload()
    while not feedback_button(page).locator(".fresh").count():
        page.reload()
    with page.expect_popup() as popup:
        feedback_button(page).click()
    popup.value.locator(".total").wait_for()
    return popup.value


def test_an_instructor_releases_the_module(hub: Hub, tang: Page) -> None:
    expect(tang).to_have_url(re.compile(f"^{hub.url}services/course/lab"))
    tang.goto(f"{hub.url}services/course/formgrader/manage_assignments")
    row = tang.locator("tr", has_text="greeting")
    row.locator(".glyphicon-education").click()
    confirm(tang)
    row.locator(".glyphicon-cloud-upload").click()
    confirm(tang)
    expect(row).to_contain_text("released")


def test_trainees_answer_by_clicking_in_words_and_by_code(hub: Hub, lin: Page, mo: Page) -> None:
    for page, name, option in ((lin, "lin", "c"), (mo, "mo", "a")):
        expect(page).to_have_url(f"{hub.url}user/{name}/clientcourse/")
        answer(page, option)
        notebook = OpenNotebook(page)
        notebook.item("say-sorry").locator("textarea").fill(WORDS[name])
        notebook.expect_saved("say-sorry")
        notebook.write_cell("mean_reply = ...", MEAN)
        cell = page.locator(".jp-CodeCell", has_text='mean_reply = complaints["first_reply')
        expect(cell.locator(".jp-InputArea-prompt")).to_have_text(re.compile(r"\[\d+\]:"))
        given = hub.answers(name)
        assert {item: given[item]["by"] for item in given} == {
            "say-name": "widget", "say-sorry": "widget", "mean-reply": "code",
        }  # fmt: skip
        assert (given["say-name"]["value"], given["say-sorry"]["value"]) == (option, WORDS[name])


def test_validating_tells_what_is_open_and_never_what_is_right(lin: Page, mo: Page) -> None:
    said = []
    for page in (lin, mo):
        OpenNotebook(page).save()
        page.get_by_role("button", name="Validate", exact=True).click()
        dialog = page.locator(".jp-Dialog", has_text="Validation Results")
        expect(dialog).to_contain_text("3 of 5 still open: question 2, question 3, question 4.")
        expect(dialog).to_contain_text("“Late replies”: no answer is recorded yet.")
        for done in ("mean-reply", "question 5", "You did not provide a response"):
            expect(dialog).not_to_contain_text(done)
        said.append(dialog.inner_text())
        dialog.get_by_role("button", name="Ok", exact=True).click()
        go_home(page)
    assert said[0] == said[1]


def test_feedback_comes_back_without_anyone_asking(
    lin: Page, mo: Page, seconds: dict[str, float]
) -> None:
    for page, name, points in ((lin, "lin", "4"), (mo, "mo", "2")):
        start = time.monotonic()
        hand_in(page)
        expect(page.locator(".stage")).to_have_text("Feedback is back")  # by itself
        feedback = read_feedback(page)
        seconds[name] = round(time.monotonic() - start, 1)
        expect(feedback.locator(".total")).to_have_text(f"{points} / 17")
        expect(feedback.locator("body")).to_contain_text("Awaiting your instructor")
        expect(page.locator(".stage")).to_have_text("Feedback is back")
        feedback.close()


def test_who_hands_in_again_gets_a_new_score(mo: Page, seconds: dict[str, float]) -> None:
    answer(mo, "c")
    go_home(mo)
    start = time.monotonic()
    hand_in(mo)
    feedback = read_feedback(mo)
    seconds["mo, again"] = round(time.monotonic() - start, 1)
    expect(feedback.locator(".total")).to_have_text("4 / 17")
    feedback.close()


def test_a_person_marks_words_with_the_rubric_in_view_and_the_feedback_is_renewed(
    hub: Hub, tang: Page, lin: Page
) -> None:
    tang.goto(f"{hub.url}services/course/formgrader/gradebook/greeting/first-call")
    tang.get_by_role("link", name="Submission #2").wait_for()
    tang.get_by_role("button", name="Show All Names").click()
    tang.get_by_role("link", name="lin", exact=True).click()
    cell = tang.locator(".nbgrader_cell").filter(has=tang.locator("#short-say-sorry"))
    expect(cell).to_contain_text(WORDS["lin"])
    expect(cell).to_contain_text("Apologises first")
    expect(cell).to_contain_text("model words of regret")
    with tang.expect_response(lambda reply: "/api/grade/" in reply.url and reply.ok):
        cell.get_by_role("button", name="Full credit").click()
    feedback = read_feedback(lin)
    expect(feedback.locator(".total")).to_have_text(f"{4 + WORDS_POINTS} / 17")
    expect(feedback.locator("body")).not_to_contain_text("Awaiting your instructor")
    feedback.close()


def test_an_instructor_writes_the_report_in_a_terminal(hub: Hub, tang: Page) -> None:
    tang.goto(f"{hub.url}services/course/lab")
    tang.locator(".jp-LauncherCard", has_text="Terminal").click()
    tang.locator(".jp-Terminal .xterm-helper-textarea").press_sequentially(
        "clientcourse report greeting --to report.html\n"
    )
    expect(tang.locator(".jp-DirListing-item", has_text="report.html")).to_be_visible()


def test_buttons_in_jupyterlab_lead_an_instructor_to_the_report_and_to_formgrader(
    hub: Hub, tang: Page
) -> None:
    tang.goto(f"{hub.url}services/course/lab")
    with tang.expect_popup() as report:
        tang.get_by_role("link", name="Cohort report").click()
    expect(report.value.locator("h1")).to_have_text("A toy course")
    expect(report.value.locator("body")).to_contain_text("lin")
    with tang.expect_popup() as formgrader:
        tang.get_by_role("link", name="Formgrader").click()
    expect(formgrader.value.locator("tr", has_text="greeting")).to_contain_text("released")
    for opened in (report, formgrader):
        opened.value.close()


def test_feedback_is_read_in_the_assignment_list_too(hub: Hub, mo: Page) -> None:
    mo.goto(f"{hub.url}user/mo/lab")
    mo.get_by_role("menuitem", name="Nbgrader", exact=True).click()
    mo.get_by_role("menuitem", name="Assignment List", exact=True).click()
    submitted = mo.locator("#submitted_assignments_list")
    submitted.get_by_role("button", name="Fetch Feedback").click()
    submitted.locator("a", has_text="view feedback").last.click()
    mo.locator(".jp-DirListing-item", has_text="first-call.html").dblclick()
    expect(mo.frame_locator(".jp-HTMLViewer iframe").locator(".total")).to_have_text("4 / 17")


# Who is refused. All that a trainee could have got hold of is used: names, addresses, tokens.


@pytest.mark.parametrize(
    "place",
    [
        "services/course/lab",
        "services/course/formgrader",
        "services/course/clientcourse-report/en/names/index.html",
        "services/course/formgrader/api/submissions/greeting",
        "services/course/files/course/greeting/first-call.items.yaml",
        "services/course/files/feedback/mo/greeting/first-call.html",
        "user/mo/lab",
        "user/mo/clientcourse/",
        "user/mo/files/greeting/first-call.ipynb",
        "user/mo/api/contents/greeting/feedback",
        "user/mo/api/contents/greeting",
        "hub/admin",
        "hub/api/users",
        "hub/api/users/mo",
        "hub/api/services",
    ],
)
def test_a_trainee_is_refused_where_others_are_at_home(hub: Hub, lin: Page, place: str) -> None:
    reply = lin.request.get(f"{hub.url}{place}")
    assert reply.status in (403, 404), reply.url


@pytest.mark.parametrize(
    ("method", "place"),
    [
        ("PUT", "user/mo/api/contents/greeting/first-call.answers.json"),
        ("POST", "user/mo/clientcourse/hand-in"),
        ("POST", "user/mo/api/kernels"),
        ("POST", "services/course/formgrader/api/assignment/greeting/release"),
        ("PUT", "services/course/api/contents/course/course.yaml"),
        ("POST", "services/course/api/kernels"),
        ("POST", "hub/api/users/eve"),
        ("POST", "hub/api/users/mo/tokens"),
        ("DELETE", "hub/api/users/mo/server"),
        ("PATCH", "hub/api/users/lin"),
        ("POST", "hub/api/shutdown"),
    ],
)
def test_the_token_of_a_trainees_server_changes_nothing_of_others(
    hub: Hub, lin: Page, method: str, place: str
) -> None:
    server = hub.processes("lin", "clientcourse.hub.singleuser")[0]
    token = server.environ()["JUPYTERHUB_API_TOKEN"]
    login = {"Authorization": f"token {token}"}
    fresh = lin.context.browser.new_context()  # type: ignore[union-attr]
    reply = fresh.request.fetch(
        f"{hub.url}{place}", method=method, headers=login, data={}, max_redirects=0
    )
    fresh.close()
    assert reply.status in (403, 404), reply.url


def shell(hub: Hub, command: str, **places: Path) -> tuple[int, str]:
    """Let the trainee lin run a command of the shell in which `$name` is each place."""
    named = [f"{name}={place}" for name, place in places.items()]
    done = hub.run("lin", "env", *named, "sh", "-c", command)
    return done.returncode, done.stdout


READ = {
    "the keys": "course/course",
    "the solutions": "course/source",
    "the gradebook": "course/gradebook.db",
    "submissions that are collected": "course/submitted",
    "another's feedback in the course": "course/feedback",
    "what others have handed in": f"exchange/{ID}/inbound",
    "feedback in the exchange": f"exchange/{ID}/feedback",
    "the hub's secrets": "state",
    "another's home": "home/mo",
    "the instructor's home": "home/tang",
    "the home of the course's account": "home/course",
}


@pytest.mark.parametrize("name", READ)
def test_an_account_lists_nothing_of_others(hub: Hub, name: str) -> None:
    place = hub.folder / READ[name]
    assert place.exists()
    code, seen = shell(hub, "ls $place/ || cat $place", place=place)
    assert (code != 0, seen) == (True, "")


@pytest.mark.parametrize(
    "path",
    [
        "course/course/greeting/first-call.items.yaml",
        "course/gradebook.db",
        "course/feedback/mo/greeting/first-call.html",
        "course/submitted/mo/greeting/first-call.answers.json",
        "home/mo/greeting/first-call.answers.json",
        "state/jupyterhub.sqlite",
        "state/cookie_secret",
    ],
)
def test_an_account_reads_no_file_of_others(hub: Hub, path: str) -> None:
    place = hub.folder / path
    assert place.exists()
    code, seen = shell(hub, "cat $place", place=place)
    assert (code != 0, seen) == (True, "")


WRITE = {
    "a file in another's home": "touch $root/home/mo/x",
    "another's answers": "echo x > $root/home/mo/greeting/first-call.answers.json",
    "another's home": "rm -rf $root/home/mo",
    "the course": "touch $root/course/x",
    "the keys": "echo x > $root/course/course/greeting/first-call.items.yaml",
    "the gradebook": "echo x > $root/course/gradebook.db",
    "the gradebook's place": "mv $root/course/gradebook.db $root/course/x",
    "the course's settings": "echo x >> $root/course/nbgrader_config.py",
    "the course's part of the exchange": f"touch $root/exchange/{ID}/x",
    "another exchange": f"mv $root/exchange/{ID} $root/exchange/x",
    "what is handed out": f"touch $root/exchange/{ID}/outbound/x",
    "a lesson": f"echo x > $root/exchange/{ID}/outbound/greeting/first-call.ipynb",
    "a lesson's place": f"rm -rf $root/exchange/{ID}/outbound/greeting",
    "feedback": f"touch $root/exchange/{ID}/feedback/x",
    "the place of feedback": f"rm -rf $root/exchange/{ID}/feedback",
    "all that was handed in": f"rm -rf $root/exchange/{ID}/inbound/*mo*",
    "the place of what is handed in": f"rm -rf $root/exchange/{ID}/inbound",
    "the hub's configuration": "echo x >> $root/jupyterhub_config.py",
    "the hub's state": "touch $root/state/x",
}


def what_is_at_rest(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return when each file was changed, and its size, where nobody is at work by now."""
    places = ["course/course", "course/source", "course/submitted", "course/feedback", "exchange"]
    found = [path for place in places for path in (folder / place).rglob("*")]
    found += [*(folder / "course").glob("*.*"), *folder.glob("home/mo/greeting/*.json")]
    found += [folder / "jupyterhub_config.py"]
    return {path: (path.lstat().st_mtime_ns, path.lstat().st_size) for path in found}


@pytest.mark.parametrize("name", WRITE)
def test_an_account_changes_nothing_of_others(hub: Hub, name: str) -> None:
    before = what_is_at_rest(hub.folder)
    code, _said = shell(hub, WRITE[name], root=hub.folder)
    assert what_is_at_rest(hub.folder) == before
    # Where nothing can be listed, nothing is found, and to delete nothing is no error.
    assert code != 0 or "*" in WRITE[name]


def test_who_knows_its_secret_name_cannot_put_another_in_a_submissions_place(hub: Hub) -> None:
    place = hub.submissions("mo")[-1]
    code, _said = shell(hub, "mv $place $place.x", place=place)
    assert code != 0
    assert place.is_dir()
