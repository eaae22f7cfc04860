"""The evening as a function of the released plan, what people did, and the clock.

`acts` names what people can do; `standing` says who is on air, who is next and when each turn is
expected; `cues` says what is to be told to whom, and how long it is still worth telling.
"""
