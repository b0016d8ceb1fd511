"""The service itself: whether it is there, and what keeps an installation; commands of the machine, written out."""

from api.operations.model import JSON, AnsweredBy, Cli, Command, Question
from api.operations.queries import Nothing, TargetToRead
from api.operations.schemas import Status
from domain.access.roles import Permission
from domain.vocabulary import Frozen


def on_the_machine(
    words: str,
    summary: str,
    description: str,
    *,
    permission: Permission = "operate",
    writes: bool = False,
    query: type[Frozen] = Nothing,
    arguments: tuple[str, ...] = (),
) -> Question:
    """The row of a command that only whoever is on the machine gives: it has no address."""
    return Question(
        name=words.replace(" ", "_"),
        summary=summary,
        description=description,
        tag="stato",
        permission=permission,
        scope="installation",
        path=None,
        cli=Cli(words=words, arguments=arguments, written=True),
        query=query,
        answer=None,
        described=None,
        media_types=JSON,
        writes=writes,
        handler=None,
        identity="none",
        beside=(),
        prepare=None,
        body=None,
    )


UPKEEP: tuple[Command | Question, ...] = (
    AnsweredBy(Status).question(
        "show_status",
        "Stato del servizio",
        "Nome, versione e numero dei piani pubblicati; 503 quando l'archivio non risponde.",
        tag="stato",
        permission="see_status",
        path="/status",
        query=Nothing,
        identity="none",
        media_types=("application/problem+json",),
    ),
    on_the_machine(
        "demo",
        "Mostra il programma",
        "Carica cinque piani veri in un archivio a parte e mostra a che cosa serve il programma.",
        writes=True,
    ),
    on_the_machine(
        "target read",
        "Legge il testo di un target",
        "Legge il testo di un target, senza archivio: che cosa se ne è capito, o perché no.",
        permission="compute",
        query=TargetToRead,
        arguments=("text",),
    ),
    on_the_machine(
        "rebuild",
        "Ricostruisce dagli eventi",
        "Ricostruisce dagli eventi tutto ciò che se ne deriva; le risposte restano le stesse.",
    ),
    on_the_machine(
        "migrate",
        "Prepara l'archivio",
        "Prepara l'archivio, o lo porta alla versione di questo programma; su PostgreSQL va fatto prima di ogni altra cosa.",
    ),
    on_the_machine(
        "copy",
        "Copia un archivio",
        "Copia un archivio in un altro, vuoto, su file o su PostgreSQL, e prova che la copia è uguale byte per byte.",
    ),
    on_the_machine(
        "backup",
        "Fa una copia di sicurezza",
        "Fa una copia di sicurezza dell'archivio in un solo file, anche mentre si usa, e controlla che sia intera.",
    ),
    on_the_machine(
        "restore",
        "Rimette una copia di sicurezza",
        "Rimette una copia di sicurezza al posto dell'archivio, dopo averla verificata; ciò che c'era prima è messo da parte.",
        writes=True,
    ),
    on_the_machine(
        "serve",
        "Serve l'interfaccia HTTP",
        "Serve l'interfaccia HTTP su questa macchina o, dove è dichiarato, dietro al proxy che vi porta TLS.",
    ),
    on_the_machine(
        "follow",
        "Tiene dietro al registro",
        "Tiene dietro al registro per le domande fra amministrazioni, finché non lo si ferma; uno alla volta per archivio.",
    ),
    on_the_machine(
        "webhooks deliver",
        "Invia gli eventi",
        "Invia gli eventi a chi li ha sottoscritti: ciò che è dovuto adesso, oppure finché non lo si ferma.",
    ),
    on_the_machine(
        "dues send",
        "Invia i promemoria",
        "Scrive a ogni utenza le scadenze di cui i suoi ruoli sono avvisati, ciascuna una volta; senza un server di posta le "
        "elenca. Da far girare ogni giorno.",
    ),
    on_the_machine(
        "verify",
        "Verifica il registro",
        "Rilegge e ricalcola ogni byte: conferma che nulla è cambiato, o dice qual è il primo evento che non torna.",
        permission="read_record",
    ),
    on_the_machine(
        "verifier",
        "Scrive il verificatore",
        "Scrive il verificatore dei fascicoli in un solo file, che Python esegue, e ne dice l'impronta: quella pubblicata.",
        permission="compute",
    ),
    on_the_machine(
        "keys rotate",
        "Sostituisce la chiave di firma",
        "Sostituisce la chiave di firma; la precedente firma la nuova, ed entrambe restano nel registro.",
        writes=True,
    ),
    on_the_machine(
        "operations",
        "Elenca le operazioni",
        "Elenca ogni comando e ogni domanda: le parole sulla riga di comando, l'indirizzo HTTP, il permesso che vuole.",
        permission="compute",
    ),
)
