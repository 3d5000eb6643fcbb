"""How well messages are understood; run in Rasa's environment:

    .venv-rasa/bin/python -m bot.report [--quick] [--show-failures] [--fresh] [--no-comparison]

It measures config.yml by five-fold cross-validation of the training data and on the held-out set, which was written
by somebody who has not seen that data, and beside it Rasa's own pipeline for Chinese (config.diet.yml) on the same
held-out set. Measurements are kept in var/nlu-report and made again only when what they depend on has changed. The
totals are printed, the whole report is var/nlu-report/index.html.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.report.figures import Run, Summary, summary
from bot.report.page import MEASURES, Measurement, page
from bot.report.stored import Store

CONFIG, COMPARISON = Path("config.yml"), Path("config.diet.yml")
NLU, HELD_OUT = Path("nlu"), Path("tests/nlu/heldout.yml")
COMPONENTS = (Path("bot/components"), Path("aftersales/knowledge"))
FOLDER = Path("var/nlu-report")
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1",
         "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "LOG_LEVEL_LIBRARIES": "ERROR"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the command line, measures what is not kept, prints the totals and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one fold instead of five, and no comparison")
    parser.add_argument("--show-failures", action="store_true", help="show the held-out sentences that fail, too")
    parser.add_argument("--fresh", action="store_true", help="measure again whatever is kept")
    parser.add_argument("--no-comparison", action="store_true", help="leave out Rasa's own pipeline, which trains long")
    options = parser.parse_args(arguments)
    os.environ |= QUIET
    store = Store(FOLDER, options.fresh)
    measurements = [_crossed(store, quick=options.quick), *_held_out(store, options)]
    sys.stdout.write(totals(measurements))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "index.html").write_text(page(measurements), encoding="utf-8")
    sys.stdout.write(f"\nthe whole report: {FOLDER / 'index.html'}\n")


def _crossed(store: Store, *, quick: bool) -> Measurement:
    from bot.report.measuring import FOLDS, cross_validate  # noqa: PLC0415 - Rasa loads slowly, and not at all in tests

    folds = 1 if quick else FOLDS
    runs = store.runs(
        f"crossed-{folds}", (CONFIG, NLU, *COMPONENTS), lambda: cross_validate(CONFIG, NLU, folds))
    return Measurement(f"交叉验证（{len(runs)} 折）", runs, failures=True)


def _held_out(store: Store, options: argparse.Namespace) -> list[Measurement]:
    if not HELD_OUT.exists():
        sys.stdout.write(f"there is no held-out set: {HELD_OUT} is missing, so cross-validation alone is measured\n")
        return []
    ours = store.runs("held-out", (CONFIG, NLU, HELD_OUT, *COMPONENTS), lambda: _hold_out(CONFIG))
    measurements = [Measurement("留出集", ours, failures=options.show_failures)]
    if not (options.quick or options.no_comparison):
        theirs = store.runs("comparison", (COMPARISON, NLU, HELD_OUT), lambda: _hold_out(COMPARISON))
        measurements.append(Measurement("留出集，Rasa 默认中文流水线", theirs, failures=False))
    return measurements


def _hold_out(config: Path) -> list[Run]:
    from bot.report.measuring import hold_out  # noqa: PLC0415 - as above

    return [hold_out(config, NLU, HELD_OUT)]


def totals(measurements: Sequence[Measurement]) -> str:
    """The totals as a table of plain text, one column per measurement."""
    sums: list[Summary] = [summary(measurement.runs) for measurement in measurements]
    lines = [f"{name:<28}" + "".join(f"{show(each):>14}" for each in sums) for name, _, show in MEASURES]
    heads = [f"{number}. {measurement.name}" for number, measurement in enumerate(measurements, start=1)]
    return "\n".join([*heads, "", *lines]) + "\n"


if __name__ == "__main__":
    main()
