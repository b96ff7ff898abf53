"""Commands over plugins."""

import typer

from bot.cli.context import AsJson, context_of, say, say_json

plugin_app = typer.Typer(name="plugin", help="What is plugged in.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(plugin_app)


@plugin_app.command("list")
def list_plugins(context: typer.Context, as_json: AsJson = False) -> None:
    """List every contribution with the plugin that it comes from."""
    from bot.bootstrap import load_plugins

    plugins = load_plugins(context_of(context).settings())
    if as_json:
        say_json(
            [{"hook": item.hook, "name": item.name, "plugin": item.plugin} for item in plugins.listing()]
        )
        return
    for item in plugins.listing():
        say(f"{item.hook.removeprefix('callboard_'):10} {item.name:28} from {item.plugin}")
