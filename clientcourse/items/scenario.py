"""Scenarios: branching conversations with a simulated client."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from clientcourse.items.base import (
    NOT_GRADED,
    BaseItem,
    ItemId,
    Model,
    OptionId,
    Use,
    WordId,
    mixed,
)
from clientcourse.language import Language, Text

Mood = Literal["angry", "upset", "calm", "warm"]
MOODS: tuple[Mood, ...] = get_args(Mood)
"""From the worst to the best."""
Meter = Literal["outcome", "respect", "process"]
METERS: tuple[Meter, ...] = get_args(Meter)
Counts = Literal["first", "last", "best"]
Shift = Annotated[int, Field(ge=-3, le=3)]


class Effects(Model):
    """What a choice or an ending does to the three meters.

    Parameters
    ----------
    outcome
        Whether the client's matter gets solved.
    respect
        How the client is treated.
    process
        Whether the rules of the house are kept.
    """

    outcome: Annotated[int, Field(ge=-5, le=5)] = 0
    respect: Annotated[int, Field(ge=-5, le=5)] = 0
    process: Annotated[int, Field(ge=-5, le=5)] = 0

    @property
    def total(self) -> int:
        """All three together."""
        return self.outcome + self.respect + self.process


class Reply(Model):
    """Something a trainee can say or do.

    Parameters
    ----------
    goto
        Id of the node or ending that follows.
    mood
        By how many steps the client's mood rises or falls.
    debrief
        What is said of it afterwards.
    """

    id: OptionId
    text: Text
    goto: WordId
    mood: Shift = 0
    effects: Effects
    debrief: Text


class Node(Model):
    """A moment of the conversation: the client speaks, the trainee chooses a reply.

    Parameters
    ----------
    says
        What the client says, or what happens (in parentheses).
    says_if
        What is said instead when the client is in a certain mood.
    """

    id: WordId
    says: Text
    says_if: dict[Mood, Text] = {}
    choices: Annotated[list[Reply], Field(min_length=2, max_length=4)]


class Ending(Model):
    """How a conversation can end.

    Parameters
    ----------
    says
        The client's last words, or what happens afterwards.
    debrief
        What is said of it afterwards.
    """

    id: WordId
    title: Text
    says: Text
    effects: Effects = Effects()
    debrief: Text


class Client(Model):
    """Whom a trainee talks with."""

    name: Text
    about: Text


class PublicReply(Model):
    """A reply as a trainee may see it. How the client takes it is no secret: it can be seen."""

    id: str
    text: str
    goto: str
    mood: int


class PublicNode(Model):
    """A node as a trainee may see it."""

    id: str
    says: str
    says_if: dict[Mood, str]
    choices: list[PublicReply]


class PublicEnding(Model):
    """An ending as a trainee may see it."""

    id: str
    title: str
    says: str


class PublicScenario(Model):
    """A scenario as a trainee may see it: no effects on the meters, no debriefing, one language."""

    id: ItemId
    type: Literal["scenario"] = "scenario"
    use: Use
    points: float
    counts: Counts
    title: str
    setting: str
    client: str
    about: str
    mood: Mood
    start: str
    nodes: list[PublicNode]
    endings: list[PublicEnding]

    def follow(self, path: Sequence[object]) -> str | None:
        """Return where a path of reply ids leads: a node or an ending; `None` if nowhere."""
        nodes = {node.id: node for node in self.nodes}
        place = self.start
        for step in path:
            replies = {reply.id: reply for reply in nodes[place].choices} if place in nodes else {}
            if not isinstance(step, str) or step not in replies:
                return None
            place = replies[step].goto
        return place

    def is_over(self, path: Sequence[object]) -> bool:
        """Tell whether a path leads to an ending."""
        return self.follow(path) in {ending.id for ending in self.endings}


@dataclass(frozen=True)
class Turn:
    """One exchange of a conversation that took place.

    Parameters
    ----------
    mood
        The client's, when the node was reached.
    """

    node: Node
    mood: Mood
    reply: Reply

    def says(self, language: Language) -> str:
        """Return what the client said."""
        return self.node.says_if.get(self.mood, self.node.says)[language]


@dataclass(frozen=True)
class Range:
    """The least and the most that can still be reached."""

    least: int
    most: int


class Scenario(BaseItem):
    """A branching conversation with a simulated client: `<id>.scenario.yaml`.

    Every path through the nodes ends at an ending, however the trainee chooses.

    Parameters
    ----------
    stem
        The setting: what a trainee knows before the conversation.
    counts
        Which attempt is graded.
    mood
        The client's at the start.
    start
        Id of the first node.
    """

    type: Literal["scenario"] = "scenario"
    use: Use
    counts: Counts = "first"
    title: Text
    client: Client
    mood: Mood
    start: WordId
    nodes: Annotated[list[Node], Field(min_length=2)]
    endings: Annotated[list[Ending], Field(min_length=1)]

    def public(self, language: Language) -> PublicScenario:
        """Return what a trainee may see of this scenario in one language."""
        return PublicScenario(
            id=self.id,
            use=self.use,
            points=self.points,
            counts=self.counts,
            title=self.title[language],
            setting=self.stem[language],
            client=self.client.name[language],
            about=self.client.about[language],
            mood=self.mood,
            start=self.start,
            nodes=[self._public_node(node, language) for node in self.nodes],
            endings=[
                PublicEnding(id=one.id, title=one.title[language], says=one.says[language])
                for one in self.endings
            ],
        )

    def _public_node(self, node: Node, language: Language) -> PublicNode:
        replies = {reply.id: reply for reply in node.choices}
        return PublicNode(
            id=node.id,
            says=node.says[language],
            says_if={mood: text[language] for mood, text in node.says_if.items()},
            choices=[
                PublicReply(
                    id=id_,
                    text=replies[id_].text[language],
                    goto=replies[id_].goto,
                    mood=replies[id_].mood,
                )
                for id_ in mixed([*replies], f"{self.id}/{node.id}")
            ],
        )

    def turns(self, path: Sequence[str]) -> list[Turn]:
        """Return the exchanges along a path of reply ids.

        Raises
        ------
        KeyError
            If the path leads nowhere.
        """
        place, mood, turns = self.start, self.mood, []
        for step in path:
            node = self._nodes[place]
            reply = {reply.id: reply for reply in node.choices}[step]
            turns.append(Turn(node, mood, reply))
            place, mood = reply.goto, shifted(mood, reply.mood)
        return turns

    def ending(self, path: Sequence[str]) -> Ending | None:
        """Return the ending that a path leads to, `None` if it is not at its end."""
        turns = self.turns(path)
        return self._endings.get(turns[-1].reply.goto) if turns else None

    def totals(self, path: Sequence[str]) -> dict[Meter, int]:
        """Return what a path, with its ending, does to each meter."""
        effects = [turn.reply.effects for turn in self.turns(path)]
        if ending := self.ending(path):
            effects.append(ending.effects)
        return {meter: sum(getattr(one, meter) for one in effects) for meter in METERS}

    def reach(self, meter: Meter | Literal["total"]) -> Range:
        """Return the least and the most that any path does to a meter or to all together."""
        return self._ranges[meter][self.start]

    def best_path(self) -> list[str]:
        """Return the reply ids of a path that earns the most."""
        path, place = [], self.start
        while place in self._nodes:
            reply = self.better(self._nodes[place])
            path.append(reply.id)
            place = reply.goto
        return path

    def worth(self, reply: Reply) -> int:
        """Return the best total that can be reached from a reply on."""
        return reply.effects.total + self._ranges["total"][reply.goto].most

    def better(self, node: Node) -> Reply:
        """Return the reply of a node from which the best total can be reached."""
        return max(node.choices, key=self.worth)

    @cached_property
    def _nodes(self) -> Mapping[str, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def _endings(self) -> Mapping[str, Ending]:
        return {ending.id: ending for ending in self.endings}

    @cached_property
    def _ranges(self) -> Mapping[Meter | Literal["total"], dict[str, Range]]:
        """What can still be reached from every place, by meter."""
        meters: tuple[Meter | Literal["total"], ...] = (*METERS, "total")
        return {meter: self._ranges_of(meter) for meter in meters}

    def _ranges_of(self, meter: Meter | Literal["total"]) -> dict[str, Range]:
        """Return what can still be reached from every place: least and most over all paths."""
        found = {
            ending.id: Range(value, value)
            for ending in self.endings
            for value in [getattr(ending.effects, meter)]
        }
        for node in reversed(self._sorted()):
            ahead = [(getattr(reply.effects, meter), found[reply.goto]) for reply in node.choices]
            found[node.id] = Range(
                min(value + beyond.least for value, beyond in ahead),
                max(value + beyond.most for value, beyond in ahead),
            )
        return found

    def _sorted(self) -> list[Node]:
        """Return the nodes so that each comes before those that it leads to.

        Raises
        ------
        ValueError
            If a conversation can come back to a node, and so might never end.
        """
        waiting = Counter(reply.goto for node in self.nodes for reply in node.choices)
        ready = [node for node in self.nodes if not waiting[node.id]]
        done: list[Node] = []
        while ready:
            node = ready.pop()
            done.append(node)
            for reply in node.choices:
                waiting[reply.goto] -= 1
                if not waiting[reply.goto] and reply.goto in self._nodes:
                    ready.append(self._nodes[reply.goto])
        if len(done) < len(self.nodes):
            circle = ", ".join(sorted(self._nodes.keys() - {node.id for node in done}))
            raise ValueError(
                f"nodes: the conversation can go round in circles through {circle}; every path "
                "must come to an ending"
            )
        return done

    @model_validator(mode="after")
    def _dropped_only_if_graded(self) -> Self:
        if self.dropped and self.use != "graded":
            raise ValueError(NOT_GRADED)
        return self

    @model_validator(mode="after")
    def _practice_keeps_no_key(self) -> Self:
        if self.use == "practice" and self.reuse:
            raise ValueError(
                "reuse: practice tells at once what was best; only a graded one can keep it"
            )
        return self

    @model_validator(mode="after")
    def _graph_is_sound(self) -> Self:
        mistakes = list(self._name_mistakes()) or list(self._graph_mistakes())
        if mistakes:
            raise ValueError("; ".join(mistakes))
        return self

    def _name_mistakes(self) -> Iterator[str]:
        names = [node.id for node in self.nodes] + [ending.id for ending in self.endings]
        for name, count in Counter(names).items():
            if count > 1:
                yield f"{name}: this id is used {count} times; every node and ending needs its own"
        if self.start not in self._nodes:
            yield f"start: there is no node {self.start!r}"
        for node in self.nodes:
            ids = [reply.id for reply in node.choices]
            if len(set(ids)) < len(ids):
                yield f"{node.id}: every choice needs an id of its own (a, b, c …)"
            for reply in node.choices:
                if reply.goto not in names:
                    yield f"{node.id}: choice {reply.id}: goto: there is no {reply.goto!r}"

    def _graph_mistakes(self) -> Iterator[str]:
        self._sorted()
        heard = self._moods_by_node()
        for place in [*self._nodes, *self._endings]:
            if place not in heard:
                yield f"{place}: no path leads here"
        for node in self.nodes:
            yield from _dead_choices(node)
            for mood in node.says_if.keys() - heard.get(node.id, set(MOODS)):
                yield f"{node.id}: says_if: nobody comes here while the client is {mood}"
        if self.reach("total").most <= 0:
            yield "no path earns anything: the effects of the best one add up to nothing"

    def _moods_by_node(self) -> dict[str, set[Mood]]:
        """Return in which moods the client can be at every place that can be reached."""
        heard: dict[str, set[Mood]] = {self.start: {self.mood}}
        for node in self._sorted():
            for mood in sorted(heard.get(node.id, set())):
                for reply in node.choices:
                    heard.setdefault(reply.goto, set()).add(shifted(mood, reply.mood))
        return heard


def shifted(mood: Mood, by: int) -> Mood:
    """Return a mood some steps better or worse, within what there is."""
    return MOODS[min(max(MOODS.index(mood) + by, 0), len(MOODS) - 1)]


def _dead_choices(node: Node) -> Iterator[str]:
    seen: dict[tuple[object, ...], str] = {}
    for reply in node.choices:
        does = (reply.goto, reply.mood, *reply.effects.model_dump().values())
        if does in seen:
            yield (
                f"{node.id}: the choices {seen[does]} and {reply.id} do the same; a choice must "
                "make a difference"
            )
        seen.setdefault(does, reply.id)
