# Scripts that keep the house rules, and generators.
