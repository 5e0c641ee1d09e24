"""What a scope allows."""

from __future__ import annotations

import pytest

from andon.kernel.errors import Invalid
from andon.kernel.ids import Actor
from andon.tools.artifacts.model.grant import parse_scope, push_scope

RUN = Actor("run/1")


def test_a_push_scope_pushes_and_pulls_its_own() -> None:
    """A run's token writes one artifact, and reads it and the base."""
    grant = parse_scope(push_scope("shop", pull=("base", "")), RUN)
    assert (grant.may_push("shop"), grant.may_pull("shop"), grant.may_pull("base")) == (True, True, True)
    assert (grant.may_push("base"), grant.may_pull("other"), grant.may_push("shop2")) == (False, False, False)


def test_pull_everything() -> None:
    """A deployer's token reads every artifact, and writes none."""
    grant = parse_scope("pull:*", RUN)
    assert (grant.may_pull("shop"), grant.may_push("shop"), grant.may_push("*")) == (True, False, False)


@pytest.mark.parametrize("scope", ["push:*", "shop", "push:", "delete:shop", "pull:../x", "push:Shop", "push:a,b"])
def test_what_is_no_scope_is_refused(scope: str) -> None:
    """Nothing may push everything, and nonsense allows nothing."""
    with pytest.raises(Invalid):
        parse_scope(scope, RUN)
