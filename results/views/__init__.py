"""The views of the results database: the common questions, asked once. Documented column by column, like the tables."""
