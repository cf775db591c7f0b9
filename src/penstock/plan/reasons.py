"""The reasons that are Penstock's own for not sending a record or a value; destinations declare theirs."""

from __future__ import annotations

from penstock.catalog.declaration import ReasonSpec
from penstock.plan.outcomes import (
    ABSENT,
    ALREADY_GONE,
    ALREADY_SUSPENDED,
    ALREADY_THERE,
    ANOTHER_RECORD,
    DELETED,
    FIELD_IGNORED,
    FILLED,
    IDENTITY_HELD,
    NOT_FOUND_TO_LEAVE,
    PROTECTED,
    STILL_WANTED,
)

WHEN_TRIED_AGAIN = "tried again when its values or the mapping change, after 24 hours, or with `penstock retry`"

OWN_REASONS = (
    ReasonSpec(
        code="key_missing",
        meaning="The record has no primary key.",
        fix="Fill the key in the source, or leave such rows out of the model.",
    ),
    ReasonSpec(
        code="duplicate_key",
        meaning="Several rows have the same primary key; none of them is sent.",
        fix="Make the model give one row for each key.",
    ),
    ReasonSpec(
        code="match_value_missing",
        meaning="The record has nothing to match by.",
        fix="Fill the match field in the source, or leave such rows out of the segment.",
    ),
    ReasonSpec(
        code="duplicate_match_value",
        meaning="Several records have the same match value; none is sent, for they would overwrite each other.",
        fix="Merge these people in the source, or choose another match field.",
    ),
    ReasonSpec(
        code="identity_changed",
        meaning="The record's match value changed since it was (or may have been) delivered; sending it would make a"
        " second user.",
        fix="Put the old address or id back in the source. Penstock cannot change it at the destination yet, and"
        " sends nothing of this record until then.",
    ),
    ReasonSpec(
        code="identity_taken",
        meaning="The record's match value is the one under which another record of the segment was delivered.",
        fix="Settle in the source which of the two people it belongs to.",
    ),
    ReasonSpec(
        code="required_value_missing",
        meaning="The record has no value for an attribute without which the destination creates or keeps nobody, such"
        " as a name.",
        fix="Fill the field in the source, or map another one that always has a value.",
    ),
    ReasonSpec(
        code=IDENTITY_HELD,
        meaning="The attribute identifies the user at the destination, which would add a second one instead of"
        " replacing it; so it is held for users who already exist, and the record's other attributes are sent.",
        fix="Change it at the destination by hand: Penstock can neither do that yet nor see that it was done, so it"
        " names the record until the source has the old value again.",
    ),
    ReasonSpec(
        code=DELETED,
        meaning="The user was deleted at the destination after having been delivered, so nothing more is sent.",
        fix="Take the record out of the segment, or set `recreate: true` in the activation to create it again in"
        " full.",
    ),
    ReasonSpec(
        code=ABSENT,
        meaning="Nobody with this match value exists at the destination, and the activation only updates users who"
        " do.",
        fix="Nothing need be done: the user is looked up again when the record changes, when a listing of the"
        " destination's users names it, and daily. To create such users, set `mode: upsert` in the activation.",
    ),
    ReasonSpec(
        code=ALREADY_THERE,
        meaning="A user with this match value exists at the destination already, and the activation only creates new"
        " ones.",
        fix="Nothing need be done. To keep such users up to date as well, set `mode: upsert` in the activation.",
    ),
    ReasonSpec(
        code=FILLED,
        meaning="The attribute is only sent while the user has no value for it, and the user has one.",
        fix="Nothing need be done: it is looked at again when the value changes in the source, and daily. To"
        " overwrite what is there, remove `when: only_if_empty` from the mapping.",
    ),
    ReasonSpec(
        code="same_user",
        meaning="Several records of the segment are one and the same user at the destination, and would overwrite"
        " each other; none of them is sent.",
        fix="Merge these people in the source, or separate them at the destination: one of them may have the other's"
        " address as a second one.",
    ),
    ReasonSpec(
        code=STILL_WANTED,
        meaning="The record left, but another activation to the same account still wants its user, who is not"
        " removed.",
        fix="Nothing: every run looks again, and removes the user once no other activation wants it. Run the other"
        " activation if it has not run since.",
    ),
    ReasonSpec(
        code=ANOTHER_RECORD,
        meaning="The record left, but its user belongs to another record of the segment, which has the same match"
        " value or the same user. The user is neither cleared nor removed.",
        fix="Nothing: the leaving is settled, and the user goes with the other record from now on.",
    ),
    ReasonSpec(
        code=ALREADY_GONE,
        meaning="The record left, and its user no longer exists at the destination: there was nothing to remove.",
        fix="Nothing: the record is not looked at again unless it returns.",
    ),
    ReasonSpec(
        code=NOT_FOUND_TO_LEAVE,
        meaning="The record left, and no user of it is found at the destination, perhaps only not yet.",
        fix="Nothing: it is looked for once more after a day, and then taken for gone.",
    ),
    ReasonSpec(
        code=ALREADY_SUSPENDED,
        meaning="The record left, and somebody else has suspended its user before: it stays so, also if the record"
        " returns.",
        fix="Lift the suspension at the destination by hand if the user returns.",
    ),
    ReasonSpec(
        code=PROTECTED,
        meaning="The record left, and its user works for you at the destination, as an agent or an admin. Such users"
        " are never suspended or deleted.",
        fix="Leave your own people out of the segment, or remove them at the destination by hand.",
    ),
    ReasonSpec(
        code="unsendable_value",
        meaning="The value is NaN, infinite or out of range; the record's other fields are sent.",
        fix="Correct the value in the source, or turn it into null in the model's SQL.",
    ),
    ReasonSpec(
        code="not_an_option",
        meaning="The field takes only its options at the destination; the record's other fields are sent.",
        fix="Write the option's value in the source or in the model's SQL, or add the option at the destination.",
    ),
    ReasonSpec(
        code="field_held",
        meaning="The destination refused this value earlier; it is tried again when it or the mapping changes, after"
        " 24 hours, or with `penstock retry`.",
        fix="Correct the value in the source.",
    ),
    ReasonSpec(
        code=FIELD_IGNORED,
        meaning="The destination ignored every attribute that was sent, so nothing of the record is confirmed; a user"
        " who was not there yet may exist now without them.",
        fix="Allow the withheld fields in the destination's schema, or take them out of the mapping.",
    ),
    ReasonSpec(
        code="not_sent",
        meaning="The run ended before the record was sent.",
        fix="Run again; the record is still due.",
    ),
    ReasonSpec(
        code="answer_lost",
        meaning="The request was sent but no answer came: nobody knows whether it was applied.",
        fix="Run again; the record is sent again.",
    ),
)
