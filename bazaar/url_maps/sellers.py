"""Addresses behind a seller's link."""

from bazaar.views import calendars, settlements, streams, unsubscribe
from bazaar.views.seller import availability as seller_availability
from bazaar.views.seller import (
    backstage,
    money,
    packing,
    packing_lists,
    reasons,
    stall,
    troubles,
    turns,
)
from bazaar.views.seller import contacts as seller_contacts
from bazaar.views.seller import labels as seller_labels
from bazaar.views.seller import orders as seller_orders
from bazaar.views.seller import requests as seller_requests
from bazaar.views.seller import settlement as seller_settlement
from bazaar.views.seller import statements as seller_statements
from bazaar.views.seller import taxes as seller_taxes
from bazaar.web import Route, Who, get, post

# fmt: off
SELLERS: tuple[Route, ...] = (
    # Sellers: their turns
    get("/u/<token>", turns.home, Who.LINK),
    get("/u/<token>/giliran", turns.status, Who.LINK),
    get("/u/<token>/siaran", backstage.index, Who.LINK),
    post("/u/<token>/siaran/ruang", backstage.check_in, Who.LINK),
    get("/live/u/<token>/events", streams.seller, Who.LINK),
    get("/u/<token>/jadwal.ics", calendars.own_feed, Who.LINK),
    get("/u/<token>/jadwal/<uid>.ics", calendars.own_turn, Who.LINK),
    get("/u/<token>/jadwal/<uid>/google", calendars.own_turn_google, Who.LINK),
    get("/u/<token>/giliran/<uid>/mengapa", reasons.turn, Who.LINK),
    get("/u/<token>/mengapa-bukan", reasons.not_mine, Who.LINK),

    # Sellers: their stall
    get("/u/<token>/lapak", stall.show, Who.LINK),
    post("/u/<token>/lapak/cerita", stall.change_story, Who.LINK),
    post("/u/<token>/lapak/<claim_code>", stall.change, Who.LINK),
    post("/u/<token>/lapak/<claim_code>/foto", stall.change_photo, Who.LINK),

    # Sellers: their tax number, for parcels abroad
    get("/u/<token>/pajak", seller_taxes.show, Who.LINK),
    post("/u/<token>/pajak", seller_taxes.save, Who.LINK),
    post("/u/<token>/pajak/hapus", seller_taxes.remove, Who.LINK),
    post("/u/<token>/kemas/<code>/bea-cukai", seller_taxes.customs, Who.LINK),

    # Sellers: how they are reminded
    get("/u/<token>/kontak", seller_contacts.show, Who.LINK),
    post("/u/<token>/kontak/bahasa", seller_contacts.language, Who.LINK),
    post("/u/<token>/kontak/<way>", seller_contacts.save, Who.LINK),
    post("/u/<token>/kontak/<way>/henti", seller_contacts.stop, Who.LINK),
    post("/u/<token>/kontak/<way>/coba", seller_contacts.test, Who.LINK),
    get("/berhenti/<token>", unsubscribe.show, Who.LINK),
    post("/berhenti/<token>", unsubscribe.stop, Who.MACHINE),

    # Sellers: when they can come
    get("/u/<token>/hadir", seller_availability.show, Who.LINK),
    post("/u/<token>/hadir", seller_availability.save, Who.LINK),

    # Sellers: what they ask about their turns
    get("/u/<token>/permintaan", seller_requests.index, Who.LINK),
    post("/u/<token>/permintaan/<int:request_id>/setuju", seller_requests.accept, Who.LINK),
    post("/u/<token>/permintaan/<int:request_id>/tolak", seller_requests.decline, Who.LINK),
    post("/u/<token>/permintaan/<int:request_id>/tarik", seller_requests.withdraw, Who.LINK),
    get("/u/<token>/giliran/<uid>/tukar", seller_requests.swap, Who.LINK),
    post("/u/<token>/giliran/<uid>/tukar", seller_requests.ask_swap, Who.LINK),
    get("/u/<token>/giliran/<uid>/pindah", seller_requests.move, Who.LINK),
    post("/u/<token>/giliran/<uid>/pindah", seller_requests.ask_move, Who.LINK),
    get("/u/<token>/giliran/<uid>/kembali", seller_requests.back, Who.LINK),
    post("/u/<token>/giliran/<uid>/kembali", seller_requests.give_back, Who.LINK),

    # Sellers: their orders
    get("/u/<token>/pesanan", seller_orders.index, Who.LINK),
    post("/u/<token>/pesanan/<reference>/masuk", seller_orders.confirm, Who.LINK),

    # Sellers: their money
    get("/u/<token>/uang", money.index, Who.LINK),
    post("/u/<token>/uang/rekening", money.propose, Who.LINK),
    get("/u/<token>/uang/rekening/<int:account_id>.webp", money.photo, Who.LINK),
    get("/u/<token>/uang/bukti/<int:proof_id>.webp", money.proof, Who.LINK),
    post("/u/<token>/uang/bukti/<int:proof_id>/tolak", money.refuse_proof, Who.LINK),
    post("/u/<token>/uang/<int:case_id>/kembalikan", money.give_back, Who.LINK),

    # Sellers: statements of their accounts
    get("/u/<token>/mutasi", seller_statements.index, Who.LINK),
    post("/u/<token>/mutasi", seller_statements.upload, Who.LINK),
    get("/u/<token>/mutasi/<int:import_id>", seller_statements.show, Who.LINK),
    get("/u/<token>/mutasi/<int:import_id>/kemajuan", seller_statements.status, Who.LINK),
    post("/u/<token>/mutasi/<int:import_id>/kolom", seller_statements.map_columns, Who.LINK),
    post("/u/<token>/mutasi/<int:import_id>/masukkan", seller_statements.confirm, Who.LINK),
    post("/u/<token>/mutasi/<int:import_id>/lanjut", seller_statements.try_again, Who.LINK),
    post("/u/<token>/mutasi/<int:import_id>/tarik", seller_statements.undo, Who.LINK),
    post("/u/<token>/mutasi/<int:import_id>/baris/<int:number>", seller_statements.adopt, Who.LINK),

    # Sellers: what they are owed
    get("/u/<token>/perhitungan", seller_settlement.index, Who.LINK),
    get("/lembar/<token>", settlements.show, Who.LINK),
    get("/lembar/<token>.pdf", settlements.paper, Who.LINK),
    get("/lembar/<token>/bukti", settlements.proof, Who.LINK),

    # Sellers, what to pack
    get("/u/<token>/kemas", packing.index, Who.LINK),
    get("/u/<token>/kemas/daftar.<ext>", packing_lists.own, Who.LINK),
    get("/u/<token>/kemas/daftar.pdf", packing.sheet, Who.LINK),
    post("/u/<token>/kemas/<code>/centang", packing.tick, Who.LINK),
    post("/u/<token>/kemas/<code>/ukuran", packing.measure, Who.LINK),
    get("/u/<token>/kemas/<code>/foto", packing.photo, Who.LINK),
    post("/u/<token>/kemas/<code>/foto", packing.keep_photo, Who.LINK),
    post("/u/<token>/kemas/<code>/label", seller_labels.print_one, Who.LINK),
    get("/u/<token>/label", seller_labels.index, Who.LINK),
    post("/u/<token>/label", seller_labels.make, Who.LINK),
    get("/u/<token>/label/<int:sheet_id>", seller_labels.show, Who.LINK),
    get("/u/<token>/label/<int:sheet_id>/kemajuan", seller_labels.status, Who.LINK),
    post("/u/<token>/label/<int:sheet_id>/unduh", seller_labels.fetch, Who.LINK),
    post("/u/<token>/kemas/<code>/dikemas", packing.pack, Who.LINK),
    post("/u/<token>/kemas/<code>/batal", packing.unpack, Who.LINK),
    post("/u/<token>/kemas/<code>/serahkan", packing.hand_over, Who.LINK),
    get("/u/<token>/kemas/<code>/resi", packing.number, Who.LINK),
    post("/u/<token>/kemas/<code>/resi", packing.change_number, Who.LINK),

    # Sellers: what is wrong with their parcels
    get("/u/<token>/kendala", troubles.index, Who.LINK),
    post("/u/<token>/kendala/<int:problem_id>", troubles.answer, Who.LINK),
    get("/u/<token>/kendala/<int:problem_id>.webp", troubles.photo, Who.LINK),
)
