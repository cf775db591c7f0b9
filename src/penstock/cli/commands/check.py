"""`penstock check`: is everything right?"""

from __future__ import annotations

from penstock.cli.parameters import FolderArgument, JsonOption, ProjectOption, folder_of


def check(folder: FolderArgument = None, project: ProjectOption = None, as_json: JsonOption = False) -> int:
    """Check that everything is right.

    Files, credentials, fields and permissions: every problem with its place and its fix.
    """
    from penstock.cli.pages.check import check_page, check_to_json
    from penstock.cli.screen import Screen
    from penstock.errors import ConfigurationError
    from penstock.operations.checking import CheckReport, check_project
    from penstock.operations.project import open_project

    screen = Screen(as_json=as_json)
    root = folder_of(folder, project)
    try:
        report = check_project(open_project(root))
    except ConfigurationError as error:
        if not error.problems:
            raise
        report = CheckReport(looked_at=(), problems=error.problems, notices=(), exit_code=error.exit_code)
    screen.document(check_to_json(report))
    screen.page(*check_page(report, root))
    return report.exit_code
