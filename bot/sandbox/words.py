"""Pure: the words that generated names and generated prose are made of."""

FIRST = (
    "amber arctic atlas aurora badger basalt beacon birch bison bramble breeze bronze cactus canyon cedar cinder"
    " clover cobalt comet copper coral cosmos crane crimson cypress delta drift dune ember falcon fern fjord"
    " flint gable garnet glacier granite gull harbor hazel heron indigo ivory jade juniper kelp lagoon larch"
    " lichen lotus magma maple marble meadow mesa nebula nimbus oak onyx opal orchid otter"
).split()
"""64 first words of names."""

SECOND = (
    "account address alert archive asset audit basket billing booking budget cache calendar campaign card"
    " catalog claim consent contract coupon customer delivery device discount dispatch document event export"
    " feature feed forecast fraud gift identity import index inventory invoice ledger letter loyalty mail media"
    " menu offer order partner payment payout permit picture policy price profile quota rating receipt refund"
    " report review reward route season"
).split()
"""64 second words."""

THIRD = "api worker service gateway console exporter".split()
"""Six endings; with the others, 24,576 names of the kind that people give."""

PROSE = (
    "after again alert always answer backup batch before begin branch build cache change channel check client"
    " cluster command config connect container copy count create credential daily dashboard data database day"
    " default delete deploy deployment describe disk drain edit enable endpoint environment error event every"
    " expire export failure fallback field file find flag folder follow format gateway grant graph group health"
    " hour image import increase index ingress install instance issue job key label latency lead limit link list"
    " load lock log login machine mail maintenance manual message metric migrate migration minute mirror mode"
    " monitor month name network node note number observe open operator option order output owner package page"
    " pager partition password path pause payload permission pipeline plan policy pool port process production"
    " profile project promote proxy pull push query queue quota rate read reboot record recover region release"
    " remove renew replica report request reset resize resource restart restore result resume retention retry"
    " review revoke role rollback rotate route rule run runbook schedule schema script secret section server"
    " session setting shard shift sign signing size snapshot stage start state step stop storage stream support"
    " switch sync table tag task team template test threshold ticket time timeout token topic trace traffic"
    " trigger update upgrade upload user validate value vault version volume wait warning webhook week worker"
    " workflow write zone"
).split()
"""What docs talk about, commonest words not first: the generator draws them with falling weights."""
