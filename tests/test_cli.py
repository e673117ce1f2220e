"""What the command says of arguments that it cannot use."""

from __future__ import annotations

import pytest

from clientcourse.cli import main


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["grade", "greeting", "--workers", "0"], "'0' is not a whole number from 1 on"),
        (["hub", "--port", "many"], "'many' is not a whole number from 1 on"),
        (["simulate", "--group", "30"], "'30' is not SIZE:MEAN or SIZE:MEAN:SPREAD"),
        (["simulate", "--group", "0:1"], "'0' is not a whole number from 1 on"),
    ],
)
def test_what_was_expected_is_said(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert says in capsys.readouterr().err
