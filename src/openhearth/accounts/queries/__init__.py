"""All SQL of the room, one module per noun: functions over a Connection that decide nothing."""
