"""What trainings left in the results database, read by the tests as it stands."""

from sqlalchemy import select

from results.tables.trials import epochs, trials

EXACT = (
    epochs.c.updates,
    epochs.c.train_cost,
    epochs.c.validation_cost,
    epochs.c.train_accuracy,
    epochs.c.validation_accuracy,
    epochs.c.gradient_norm,
)


def curves(database, sweep_id):
    """Every recorded number of every epoch by trial number and epoch, as it is: nothing is rounded."""
    asked = (
        select(trials.c.number, epochs.c.epoch, *EXACT)
        .join(trials)
        .where(trials.c.sweep_id == sweep_id)
        .order_by(trials.c.number, epochs.c.epoch)
    )
    with database.read() as connection:
        return {(row[0], row[1]): tuple(row[2:]) for row in connection.execute(asked)}


def rows(database, table, **wanted):
    asked = (
        select(table).where(*(table.c[name] == value for name, value in wanted.items())).order_by(*table.primary_key)
    )
    with database.read() as connection:
        return [row._mapping for row in connection.execute(asked)]
