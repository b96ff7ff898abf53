"""The action ``render``: the template's files, made in the jail."""

from scaffolds.actions.port import Outcome, Work


class Render:
    """Renders; done already when the folder is there."""

    name = "render"
    title = "Render the template"

    def run(self, work: Work) -> Outcome:
        """See ``Action.run``."""
        folder = work.files()
        count = sum(
            1 for item in folder.rglob("*") if item.is_file() and ".git" not in item.relative_to(folder).parts
        )
        return Outcome(f"Rendered {count} file{'' if count == 1 else 's'}")
