"""What README says that the program can do has tests that show it; what it cannot do is the same list everywhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import cache

import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.pure
APP = "app/tests"
PROMISES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Connect": {
        f"{APP}/connection/signin/test_short_way.py": ("one_signature_connects_the_firm",),
        f"{APP}/connection/test_authentication.py": (
            "a_certificate_connects_the_company",
            "the_form_takes_other_shapes",
        ),
        f"{APP}/connection/test_token_connection.py": ("a_pasted_token_connects",),
        f"{APP}/connection/test_vault.py": ("a_sealed_secret_opens_in_its_place",),
        f"{APP}/connection/certificates/test_renewal.py": ("what_ends_within_45_days_is_renewed",),
        f"{APP}/connection/certificates/test_pages.py": (
            "the_list_tells_what_is_used_and_what_is_left",
            "revoking_asks_first_and_disconnects_what_was_used",
        ),
        f"{APP}/connection/test_permissions.py": ("a_person_gets_the_scopes_that_were_ticked_and_loses_one",),
        f"{APP}/connection/test_tokens.py": ("a_token_is_shown_once_works_and_is_revoked",),
    },
    "„Czy jestem gotowy?”": {
        f"{APP}/connection/test_readiness.py": ("all_is_green", "nothing_is_connected"),
        f"{APP}/audit/test_services.py": (
            "an_entry_tells_who_what_when_and_from_where",
            "the_database_refuses_too",
        ),
    },
    "Issue": {
        f"{APP}/sales/test_editor.py": ("a_filled_form_becomes_a_draft_to_be_looked_at",),
        f"{APP}/sales/test_pages.py": (
            "one_good_file_leads_to_its_preview",
            "a_draft_shows_its_preview_before_anything_is_sent",
            "an_invoice_with_its_number_is_printed",
        ),
        f"{APP}/sales/test_lines.py": ("tax_is_in_the_sum_of_gross_prices_of_a_rate",),
        f"{APP}/sales/test_section_payment_parties.py": ("parties_in_their_roles", "all_of_a_payment"),
        f"{APP}/sales/test_sending.py": ("an_invoice_gets_its_number_and_its_receipt",),
        f"{APP}/lookups/test_rates.py": ("a_rate_is_asked_for_once_and_kept_for_all",),
        f"{APP}/sales/test_advances.py": ("an_order_is_settled",),
        "tests/crash/test_kill.py": ("killed_while_sending", "killed_from_outside_at_any_moment"),
    },
    "Other programs' files": {
        f"{APP}/sales/test_preserving.py": (
            "a_document_edited_without_change_is_the_same",
            "values_of_a_changed_line_are_worked_out_anew_and_others_stay",
        ),
        f"{APP}/sales/test_imports.py": (
            "a_file_is_shown_and_then_stored_as_drafts",
            "what_is_wrong_is_said_with_its_row_and_nothing_is_stored",
        ),
        f"{APP}/sales/test_shop_orders.py": ("an_order_of_each_shop_comes_to_the_same",),
    },
    "From farmers": {
        f"{APP}/farm/test_sending.py": (
            "it_gets_a_number_under_the_farmers_nip_and_a_receipt",
            "it_comes_back_as_the_purchase_that_is_booked_and_paid",
        ),
        f"{APP}/farm/test_pages.py": ("a_correction_from_the_invoice",),
    },
    "To the buyer": {
        f"{APP}/sales/test_buyer_letters.py": (
            "a_numbered_invoice_goes_by_itself_once_with_its_files",
            "a_link_ends",
        ),
        f"{APP}/sales/test_reminders.py": ("a_reminder_says_what_is_left",),
        f"{APP}/payments/test_receivables.py": (
            "the_list_says_what_is_paid_and_sorts_by_the_day_of_payment",
        ),
        f"{APP}/sales/test_statement.py": ("the_page_and_the_paper_say_the_same",),
        f"{APP}/payments/test_interest.py": ("a_note_is_numbered_and_asks_once", "the_paper"),
    },
    "Contractors and goods": {
        f"{APP}/contacts/test_contractors.py": ("an_issued_invoice_leaves_its_buyer_behind_once",),
        f"{APP}/lookups/test_gus.py": ("a_firm_is_filled_in",),
        f"{APP}/contacts/test_picking.py": (
            "a_picked_one_fills_the_buyer_and_what_is_usual",
            "a_recipient_is_a_third_party_and_comes_back",
        ),
        f"{APP}/contacts/test_items.py": ("a_picked_item_fills_the_line_and_reaches_the_invoice",),
        f"{APP}/contacts/test_privacy.py": (
            "the_file_has_all_that_is_kept",
            "erasure_takes_the_list_and_leaves_the_invoices",
        ),
    },
    "Print": {
        f"{APP}/sales/test_print_settings.py": ("choices_are_kept_and_printed",),
        f"{APP}/prints/test_look.py": (
            "the_code_of_the_transfer_is_read_back",
            "the_address_stands_in_the_window_of_an_envelope",
        ),
    },
    "Correct": {
        f"{APP}/sales/test_correction_pages.py": (
            "to_zero_is_four_clicks",
            "new_values_begin_with_what_the_invoice_says_now",
            "the_buyers_data",
        ),
        f"{APP}/sales/test_rebates.py": ("it_names_the_chosen_invoices_and_is_edited_again",),
        f"{APP}/sales/test_corrections.py": ("what_an_invoice_comes_to_after_its_corrections",),
    },
    "Offline": {
        f"{APP}/sales/test_modes.py": (
            "the_mode_of_what_is_announced_comes_first_and_says_why",
            "a_total_failure_leaves_the_invoice_outside_ksef_for_good",
            "every_deadline_has_its_words_in_both_languages",
        ),
        f"{APP}/sales/test_queue.py": ("what_is_not_at_rest_is_there_the_nearest_deadline_first",),
        f"{APP}/sales/test_letters.py": ("one_letter_a_working_day_ahead_lists_what_is_due_once",),
        f"{APP}/sales/test_order.py": ("a_correction_waits_for_its_originals_number_and_then_goes",),
        f"{APP}/sales/test_technical.py": (
            "a_refused_offline_invoice_is_corrected_and_its_old_code_leads_to_the_new_one",
        ),
        f"{APP}/sales/test_sending.py": (
            "offline24_is_printed_with_two_codes_and_sent_later",
            "an_offline_invoice_goes_out_by_itself_when_its_time_comes",
        ),
    },
    "Many at once": {
        f"{APP}/sales/test_batches.py": (
            "many_go_as_one_package_with_one_receipt",
            "whatever_dies_at_whatever_step_each_has_one_number",
        ),
    },
    "Receive": {
        f"{APP}/purchases/test_synchronising.py": (
            "what_the_firm_bought_comes_in_once",
            "only_the_buyers_invoices_come_in",
        ),
        f"{APP}/purchases/test_set_aside.py": (
            "the_rest_comes_in_and_the_bad_one_is_told_by_name",
            "it_goes_on_by_itself_as_often_as_the_firm_says",
        ),
    },
    "Bank statements": {
        f"{APP}/payments/statements/test_pages.py": (
            "a_statement_is_read_in_and_shown",
            "certain_ones_are_confirmed_with_one_click",
            "a_proposal_is_confirmed_and_undone",
        ),
        f"{APP}/payments/statements/test_matching.py": ("a_part_and_too_much_are_doubtful",),
    },
    "Pay": {
        f"{APP}/payments/test_due.py": ("the_list_is_by_the_day_of_payment_with_sums",),
        f"{APP}/payments/test_orders.py": ("from_the_list_to_a_file_that_is_the_same_each_time",),
        f"{APP}/payments/test_order_forms.py": (
            "split_payment_has_its_title_and_the_vat_of_the_part",
            "from_2027_the_ksef_number_is_in_the_title",
            "invoices_of_one_seller_go_together_with_a_correction_set_off",
        ),
        f"{APP}/payments/test_files.py": ("pain_is_valid_and_says_what_is_paid",),
        f"{APP}/payments/test_elixir.py": ("a_line_of_elixir",),
        f"{APP}/payments/test_phone.py": ("the_code_says_whom_how_much_and_for_what",),
    },
    "Warnings before somebody pays": {
        f"{APP}/purchases/test_scams.py": ("every_scam_is_caught",),
        f"{APP}/purchases/test_warnings.py": ("a_changed_account", "a_hidden_seller_is_never_silent"),
        f"{APP}/lookups/test_white_list.py": (
            "nothing_is_asked_until_it_is_switched_on",
            "an_account_that_is_not_listed",
        ),
    },
    "Polish and English": {
        f"{APP}/web/test_translations.py": ("nothing_is_left_in_polish",),
        "tests/browser/test_short_way.py": ("phone_and_dark",),
        "tests/browser/test_first_day.py": ("pages_of_a_working_firm_are_readable",),
    },
}
"""Opening words of each bullet of README's „What it can do", and the tests that show it."""


def section(page: str, start: str, end: str) -> str:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert start in text, page
    return text.partition(start)[2].partition(end)[0]


@cache
def names_of_tests(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_promise_of_the_readme_names_its_tests() -> None:
    bullets = re.findall(r"^- (.+)", section("README.md", "## What it can do", "\nNot yet:"), re.MULTILINE)
    plain = [bullet.replace("*", "").replace('"', "”") for bullet in bullets]
    openings = [next((name for name in PROMISES if line.startswith(name)), line) for line in plain]
    assert sorted(openings) == sorted(PROMISES), "a bullet without tests, or tests without their bullet"


@pytest.mark.parametrize("promise", PROMISES)
def test_the_tests_of_a_promise_exist(promise: str) -> None:
    missing = [
        f"{path}: {name}"
        for path, names in PROMISES[promise].items()
        for name in names
        if f"test_{name}" not in names_of_tests(path)
    ]
    assert PROMISES[promise] and not missing


def items(text: str) -> set[str]:
    """Entries of a list in words, parted by commas, full stops and bullets; what stands in brackets is their why."""
    plain = re.sub(r"\([^)]*\)", "", text)
    parts = re.split(r"[,.]|^- ", plain, flags=re.MULTILINE)
    return {" ".join(part.split()).lower() for part in parts if part.strip()}


def test_what_is_missing_is_the_same_in_readme_and_changelog() -> None:
    readme = items(section("README.md", "\nNot yet:", "\n## "))
    changelog = items(section("CHANGELOG.md", "### Known to be missing\n", "\n#"))
    assert readme == changelog
    assert readme, "an empty list is an empty promise"
