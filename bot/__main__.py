"""``python -m bot`` is ``callboard``; the demo starts its sandbox so."""

from bot.cli import main

main()
