"""The record of artifacts: the registry, versions, provenance."""

from __future__ import annotations

from andon.tool import LINE, Command, Page, Tool

TOOL = Tool(
    package="andon.tools.artifacts",
    needs=("access",),
    events="events:EVENTS",
    nouns=("model.artifact:NOUN",),
    views={
        "artifacts": "views:Artifacts",
    },
    parts={
        "attestations": "adapters.attestations_dsse:DsseAttestations",
        "inspector": "inspection:RegistryInspector",
        "oci_packer": "assembly:oci_packer",
        "registries": "assembly:registries",
        "registry_images": "assembly:registry_images",
        "registry_storage": "assembly:registry_storage",
        "signer": "assembly:signer",
    },
    performers="effects:performers",
    service_section="service_section:section",
    finds="finding:find",
    doors=(
        "pages",
        "api",
    ),
    navigation=(Page(LINE, "/artifacts", "Artifacts", key="a"),),
    commands=(Command("artifacts", "commands:artifacts", "What was published.", LINE),),
    lanes={"registry": 4},
)
