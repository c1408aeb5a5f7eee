"""The report: one HTML file that tells a board what a plan does, what it is worth, what could go wrong, what binds.

    run.py          a run folder as a report reads it
    lives, branches, cash, differences, sides      what is drawn, in exact numbers
    content.py      what a page is made of: sections, facts, tables and charts, in plain data
    sections/       one module per part of the page: from numbers to words, tables and charts
    charts/         how charts are drawn, in pixels
    svg, html, page/                               how a page looks, and why nothing in it can run or fetch
    writing, pdf    files

Needs the extra `report` (altair, vl-convert, jinja2), which nothing else imports.
"""
