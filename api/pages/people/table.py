"""What may be done about accounts and tokens by a form: a row each, with the command of the table whose permission it needs."""

from api.pages.installation.form import InstallationForm

LINK_SHOWN = (
    "Il link con cui la persona entra la prima volta: si consegna a lei, dopo essersi accertati di chi è. Si apre una volta "
    "sola, entro un giorno, e non si vedrà più."
)
TOKEN_SHOWN = "Il token, da mettere nel programma che lo userà: non si vedrà più."  # noqa: S105 - words
PEOPLE_FORMS = {
    form.name: form
    for form in (
        InstallationForm(
            "open_account",
            "Apri un'utenza",
            "Un'utenza nuova, ancora senza ruoli. La persona ne riceve il link, con cui sceglie la sua credenziale.",
            fields=("name", "login", "administration"),
            given=("account",),
            shows=LINK_SHOWN,
        ),
        InstallationForm(
            "make_link",
            "Fai un altro link",
            "Un link nuovo al posto di quello di prima, per un'utenza in cui nessuno è ancora entrato.",
            shows=LINK_SHOWN,
        ),
        InstallationForm(
            "give_role",
            "Dai un ruolo",
            "Che cosa l'utenza può fare nell'amministrazione; vale dalla sua prossima richiesta.",
            fields=("role", "offices"),
            given=("account", "administration"),
        ),
        InstallationForm(
            "take_role",
            "Togli un ruolo",
            "L'utenza non può più ciò che il ruolo le dava, dalla sua prossima richiesta; quello che ha registrato resta.",
            given=("account", "role", "administration"),
            confirms="leaves_nobody",
        ),
        InstallationForm(
            "suspend_account",
            "Sospendi l'utenza",
            "Non entra più, i suoi accessi finiscono subito e i suoi token non valgono, finché non è riattivata.",
            confirms="leaves_nobody",
        ),
        InstallationForm("resume_account", "Riattiva l'utenza", "Può entrare di nuovo, con i ruoli che ha."),
        InstallationForm(
            "end_sessions",
            "Chiudi i suoi accessi",
            "Gli accessi aperti finiscono ovunque, subito: entra di nuovo chi ne ha le credenziali. I token restano.",
        ),
        InstallationForm(
            "erase_person",
            "Cancella la persona",
            "Il nome, il nome d'accesso, le credenziali, gli accessi e i token non ci saranno più, e non tornano. Ciò che "
            "l'utenza ha registrato resta, sotto il suo identificativo.",
            confirms="leaves_nobody",
            grave=True,
        ),
        InstallationForm(
            "issue_token",
            "Emetti un token",
            "Con un token un programma agisce per la tua utenza, con i ruoli che scegli e fino al giorno che dici.",
            fields=("name", "rights", "expires_on"),
            given=(),
            shows=TOKEN_SHOWN,
            own=True,
        ),
        InstallationForm(
            "choose_reminders",
            "Scegli i promemoria",
            "Se, dove e in che lingua ricevi per posta i promemoria delle scadenze; si può cambiare quando si vuole.",
            fields=("reminders", "address", "language"),
            given=(),
            own=True,
        ),
        InstallationForm(
            "revoke_token",
            "Revoca il token",
            "Da subito il programma che lo usa non può più niente; chi lo usava se ne fa un altro.",
            given=("token",),
            grave=True,
        ),
    )
}
"""Every form, by the name of its command."""
