"""The action ``register``: the catalog learns of the new repository at once."""

from scaffolds.actions.port import Outcome, Work

_PAUSES_S = (0.5, 1.0, 2.0, 4.0)
"""GitHub's read side may be a moment behind its git."""


class Register:
    """Has the catalog look at the repository, by the same refresh as any change would cause."""

    name = "register"
    title = "Add it to the catalog"

    def run(self, work: Work) -> Outcome:
        """See ``Action.run``."""
        name = work.run.repository
        work.register(name)
        has_descriptor = (work.files() / "catalog-info.yaml").is_file()
        for pause_s in _PAUSES_S if has_descriptor else ():
            if work.entity_of(name):
                break
            work.pause(pause_s)
            work.register(name)
        entity = work.entity_of(name)
        if entity:
            return Outcome("The catalog knows it", {"entity": entity})
        # Not a failure: the repository is whole, and the next sync says what is wrong with the file.
        why = (
            "refused its descriptor, or has not seen it yet"
            if has_descriptor
            else "knows it without a descriptor"
        )
        return Outcome(f"The catalog {why}")
