"""The timeline without its widget: what each row says, how it wraps, and which rows there are."""
