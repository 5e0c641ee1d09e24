"""The pages of artifacts: what there is, an artifact's versions, and one version with its proof."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from andon.kernel.ids import ArtifactName
from andon.kernel.words import plural
from andon.tools.artifacts.inspection import Inspected, Inspector
from andon.tools.artifacts.views import Artifacts, ArtifactVersion
from andon.tools.artifacts.whereabouts import Place, Whereabouts
from andon.web.pages import Asked, Pages

#: a Protocol cannot be checked at run time, and need not be
WhereItServes = NamedDependency[SkipValidation[Whereabouts]]
#: what moves an artifact's pages
MOVES = ("artifact/", "service/")


@get("/artifacts", sync_to_thread=False, include_in_schema=False)
def artifacts_page(
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    artifacts: NamedDependency[Artifacts],
    whereabouts: WhereItServes,
) -> Response[str]:
    """The newest version of each artifact."""
    newest = artifacts.newest()
    return pages.show(
        "artifacts/artifacts.html",
        asked,
        live=MOVES,
        rows=_rows(newest, whereabouts),
        one="",
        sentence=f"{plural(len(newest), 'artifact')} published." if newest else "Nothing is published yet.",
    )


@get("/artifacts/{name:str}", sync_to_thread=False, include_in_schema=False)
def versions_page(
    name: FromPath[str],
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    artifacts: NamedDependency[Artifacts],
    whereabouts: WhereItServes,
) -> Response[str]:
    """Every version of one artifact."""
    versions = artifacts.versions(ArtifactName(name))
    return pages.show(
        "artifacts/artifacts.html",
        asked,
        live=(f"artifact/{name}", "service/"),
        rows=_rows(versions, whereabouts),
        one=name,
        sentence=f"{name} has {plural(len(versions), 'version')}; the newest is {versions[0].published.version}.",
    )


def _rows(
    versions: tuple[ArtifactVersion, ...], whereabouts: Whereabouts
) -> tuple[tuple[ArtifactVersion, tuple[Place, ...]], ...]:
    return tuple((version, whereabouts.of(version.published.digest)) for version in versions)


@get("/artifacts/{name:str}/{version:str}", include_in_schema=False)
async def version_page(  # noqa: PLR0913, PLR0917  (an address of two parts, and three who know)
    name: FromPath[str],
    version: FromPath[str],
    pages: NamedDependency[Pages],
    asked: NamedDependency[Asked],
    artifacts: NamedDependency[Artifacts],
    whereabouts: WhereItServes,
    inspector: NamedDependency[SkipValidation[Inspector]],
) -> Response[str]:
    """One version: what it is, what proves where it comes from, where it serves. Its digest is as good as its name."""
    known = artifacts.version(ArtifactName(name), version)
    found = await inspector.inspect(known.published.name, known.published.digest)
    places = whereabouts.of(known.published.digest)
    return pages.show(
        "artifacts/artifact.html",
        asked,
        live=(f"artifact/{name}", "service/"),
        version=known,
        artifact=known.published,
        found=found,
        places=places,
        colour="green" if found.provenance else "amber",
        sentence=version_sentence(known, found, places),
    )


def version_sentence(version: ArtifactVersion, found: Inspected, places: tuple[Place, ...]) -> str:
    """What matters most about a version, in one sentence."""
    proven = "its provenance is verified" if found.provenance else "its provenance could not be verified"
    serves = " and ".join(dict.fromkeys(str(place.environment) for place in places))
    where = f" and it serves in {serves}" if serves else " and it serves nowhere now"
    return f"{version.published.name} {version.published.version}: {proven},{where}."


HANDLERS = (artifacts_page, versions_page, version_page)
