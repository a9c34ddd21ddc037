-- Counts placements, so that all instances agree whose turn it is.
create sequence if not exists placement_turn minvalue 0 start 0
