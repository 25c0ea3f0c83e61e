"""How the comparison page looks: one column of quiet tables that fit 900 px, and scroll by themselves below."""

STYLE = """
body { font: 15px/1.55 system-ui, sans-serif; color: #222831; max-width: 76rem; margin: 2rem auto; padding: 0 1.5rem }
h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1.05rem; margin: 2.2rem 0 .5rem } p { margin: .4rem 0 }
.quiet { color: #6b7280; font-size: .9rem; max-width: 52rem }
.findings { list-style: none; margin: 0; padding: 0; max-width: 52rem } .findings li { margin: .75rem 0 }
.findings strong { display: block; font-weight: 600 } .findings span { color: #4b5563 }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .875rem }
th { font-weight: 500; color: #6b7280; border-bottom: 1px solid #c3c8d0; text-align: left; vertical-align: bottom }
th, td { padding: .28rem 1rem .28rem 0; line-height: 1.35 } td { border-bottom: 1px solid #eceef1 }
th.number { width: 3.4rem } th:last-child { width: 6rem }
.number { text-align: right } td.number { white-space: nowrap }
tr.best td { font-weight: 600 } #values td:first-child { font-weight: 400 }
@media (max-width: 1000px) { table { font-size: .8rem } th, td { padding-right: .55rem } body { padding: 0 1rem } }
"""
