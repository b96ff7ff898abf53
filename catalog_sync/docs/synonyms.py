"""Pure: words that mean the same; those that ship, and an organisation's own."""

from collections.abc import Iterable, Mapping, Sequence

from catalog_sync.docs.terms import terms_of

SHIPPED = """
    k8s, kubernetes, kube
    db, database
    postgres, postgresql, pg, psql
    auth, authentication, authenticate
    authz, authorization, authorisation
    login, log in, sign in, signin, logon
    logout, log out, sign out
    sso, single sign on
    mfa, 2fa, two factor, multi factor
    env, environment
    env var, environment variable, envvar
    repo, repository
    dir, directory, folder
    config, configuration, configure, cfg
    conf, configuration, config
    setting, option, preference
    flag, option, switch
    param, parameter
    arg, argument
    dep, dependency
    lib, library
    pkg, package
    app, application
    svc, service
    prod, production
    dev, development
    stage, staging
    infra, infrastructure
    docs, documentation
    doc, documentation
    pr, pull request, merge request
    ci, continuous integration
    cd, continuous delivery, continuous deployment
    ci, pipeline
    secret, credential
    credential, creds
    mongo, mongodb
    password, passphrase
    cert, certificate
    tls, ssl
    perm, permission
    admin, administrator
    msg, message
    err, error
    exception, error
    delete, remove, purge, prune, clean up, cleanup
    create, add
    upgrade, update
    migrate, migration
    rollback, roll back, revert, undo
    stdin, standard input
    stdout, standard output
    stderr, standard error
    restart, reboot
    disable, turn off, switch off, deactivate
    enable, turn on, switch on, activate
    install, set up, setup
    start, launch
    run, execute
    stop, terminate
    fix, repair
    slow, latency, performance
    oncall, on call
    runbook, playbook
    postmortem, post mortem, incident review
    img, image
    vm, virtual machine
    venv, virtualenv, virtual environment
    lb, load balancer
    vpn, virtual private network
    ip, ip address
    url, link, address
    backup, back up
    log, logging, logs
    metric, metrics, monitoring
    alert, alarm
    test, testing, tests
    js, javascript
    ts, typescript
    py, python
    rb, ruby
    tf, terraform
    gha, github actions
    gh, github
    cli, command line
    gui, user interface, ui
    id, identifier
    min, minimum
    max, maximum
    num, number
    async, asynchronous
    sync, synchronous, synchronize
    spec, specification
    ref, reference
    ver, version
    timeout, time out
    hostname, host name
    filename, file name
    username, user name
    frontend, front end
    backend, back end
    changelog, release notes, change log
    faq, frequently asked questions
    howto, how to
    rename, change name
    examples, sample
"""
"""One group to a line, with commas between its words."""

Phrase = tuple[str, ...]


def synonyms_of(words: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """Groups of words out of ``docs.synonyms``: a word to the others, with commas between them."""
    return tuple((word, *others.split(",")) for word, others in words.items())


class Synonyms:
    """Which terms mean the same.

    Args:
        own: An organisation's own groups of words; they come beside those that ship.
    """

    def __init__(self, own: Iterable[Sequence[str]] = ()) -> None:
        shipped = [line.split(",") for line in SHIPPED.strip().splitlines()]
        self._same: dict[Phrase, dict[Phrase, None]] = {}
        for group in (*shipped, *own):
            phrases = [phrase for phrase in (tuple(terms_of(text)) for text in group) if phrase]
            for phrase in phrases:
                self._same.setdefault(phrase, {}).update(dict.fromkeys(phrases))
        self.longest = max(map(len, self._same), default=1)
        """The most words of one that has others beside it."""

    def of(self, phrase: Phrase) -> tuple[Phrase, ...]:
        """The other ways to say some terms."""
        return tuple(other for other in self._same.get(phrase, ()) if other != phrase)
