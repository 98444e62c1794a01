from coopclaims.inference.problems import Notice, ProblemLog, Skipped


def test_problems_are_told_at_once_in_one_line_and_counted_by_kind(capsys):
    log = ProblemLog()
    log.append(Notice("a", 1, "x", "used before"))
    for line in (2, 3):
        log.append(Skipped("a", line, None, "not JSON: \x1b[2J\nsecond line " + "y" * 10_000, "not JSON"))
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(":")[:3] for line in lines] == [
        ["notice", " a", "1"],
        ["skipped", " a", "2"],
        ["skipped", " a", "3"],
    ]
    assert all("\x1b" not in line and len(line) < 1100 for line in lines)
    assert log.skipped == {"not JSON": 2}
    assert (log.notices, log.first) == (1, Notice("a", 1, "x", "used before"))
