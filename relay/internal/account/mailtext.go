package account

import (
	"fmt"

	"golang.org/x/text/language"
)

// resetWords are subject and text in one language; %s are the name and the link.
type resetWords struct {
	tag           language.Tag
	subject, text string
}

func resetTexts() []resetWords {
	return []resetWords{
		{language.English, "Your Deskhand password", "Hello %s,\n\nsomebody, you we hope, has asked for a new password for your Deskhand login. " +
			"This link lets you choose one. It works once, within an hour:\n\n%s\n\nIf it was not you, do nothing: the password stays as it is.\n"},
		{language.Spanish, "Su contraseña de Deskhand", "Hola, %s:\n\nAlguien, esperamos que usted, ha pedido una nueva contraseña para su cuenta de Deskhand. " +
			"Con este enlace puede elegirla. Funciona una sola vez, durante una hora:\n\n%s\n\nSi no ha sido usted, no haga nada: la contraseña no cambia.\n"},
		{language.French, "Votre mot de passe Deskhand", "Bonjour %s,\n\nquelqu’un, vous sans doute, a demandé un nouveau mot de passe pour votre compte Deskhand. " +
			"Ce lien permet de le choisir. Il fonctionne une seule fois, pendant une heure :\n\n%s\n\nSi ce n’était pas vous, ne faites rien : le mot de passe ne change pas.\n"},
		{language.Italian, "La password di Deskhand", "Buongiorno %s,\n\nqualcuno, speriamo lei, ha chiesto una nuova password per il suo accesso a Deskhand. " +
			"Con questo link può sceglierla. Funziona una sola volta, entro un’ora:\n\n%s\n\nSe non è stato lei, non faccia nulla: la password resta quella di prima.\n"},
		{language.BrazilianPortuguese, "Sua senha do Deskhand", "Olá, %s,\n\nalguém, esperamos que você, pediu uma nova senha para seu acesso ao Deskhand. " +
			"Com este link você pode escolhê-la. Ele funciona uma única vez, durante uma hora:\n\n%s\n\nSe não foi você, não faça nada: a senha continua a mesma.\n"},
		{language.German, "Ihr Deskhand-Passwort", "Guten Tag %s,\n\njemand, hoffentlich Sie selbst, hat ein neues Passwort für Ihre Deskhand-Anmeldung angefordert. " +
			"Mit diesem Link können Sie eines wählen. Er gilt ein einziges Mal und eine Stunde lang:\n\n%s\n\nWaren Sie es nicht, dann tun Sie nichts: Das Passwort bleibt, wie es ist.\n"},
	}
}

// resetText is the mail in the language that fits best, else in English.
func resetText(wanted, name, link string) (subject, text string) {
	all := resetTexts()
	tags := make([]language.Tag, 0, len(all))
	for _, w := range all {
		tags = append(tags, w.tag)
	}
	_, i := language.MatchStrings(language.NewMatcher(tags), wanted)
	return all[i].subject, fmt.Sprintf(all[i].text, name, link)
}
