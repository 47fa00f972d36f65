package ledger

// The participation family: steps short of or beside being a party,
// institutions, and promises that are not law.

// MemberInvited (member.invited): A state was invited to accede.
type MemberInvited struct {
	State StateID // who was invited; required
	By    string  // by which organ
}

// Type implements [Payload].
func (*MemberInvited) Type() Type     { return TypeMemberInvited }
func (*MemberInvited) participation() {}

func (p *MemberInvited) wire(w *wire) {
	w.state("state", &p.State, required, "who was invited")
	w.text("by", &p.By, optional, "by which organ")
}

// MemberAdmitted (member.admitted): A state was admitted to an arrangement
// that has no treaty to accede to. It counts as a party.
type MemberAdmitted struct {
	State StateID // who; required
	By    string  // by which organ
}

// Type implements [Payload].
func (*MemberAdmitted) Type() Type     { return TypeMemberAdmitted }
func (*MemberAdmitted) participation() {}

func (p *MemberAdmitted) wire(w *wire) {
	w.state("state", &p.State, required, "who")
	w.text("by", &p.By, optional, "by which organ")
}

// MemberExcluded (member.excluded): An organ excluded a state from taking
// part.
type MemberExcluded struct {
	State  StateID // who; required
	By     string  // by which organ
	Ground string  // why
}

// Type implements [Payload].
func (*MemberExcluded) Type() Type     { return TypeMemberExcluded }
func (*MemberExcluded) participation() {}

func (p *MemberExcluded) wire(w *wire) {
	w.state("state", &p.State, required, "who")
	w.text("by", &p.By, optional, "by which organ")
	w.text("ground", &p.Ground, optional, "why")
}

// ParticipationChanged (participation.changed): The way in which a party
// takes part in an organ or activity changed.
type ParticipationChanged struct {
	State StateID // who; required
	Organ Name    // in what; required
	From  string  // before
	To    string  // after; required
}

// Type implements [Payload].
func (*ParticipationChanged) Type() Type     { return TypeParticipationChanged }
func (*ParticipationChanged) participation() {}

func (p *ParticipationChanged) wire(w *wire) {
	w.state("state", &p.State, required, "who")
	w.name("organ", &p.Organ, required, "in what")
	w.text("from", &p.From, optional, "before")
	enum(w, "to", &p.To, required, "full partial observer frozen none", "after")
}

// PartnerDesignated (partner.designated): A state became a partner. A
// partner is not a party.
type PartnerDesignated struct {
	State     StateID   // who; required
	Programme Name      // of what: partnership-for-peace, major-non-nato-ally; required
	By        []StateID // by whom, where it is bilateral
}

// Type implements [Payload].
func (*PartnerDesignated) Type() Type     { return TypePartnerDesignated }
func (*PartnerDesignated) participation() {}

func (p *PartnerDesignated) wire(w *wire) {
	w.state("state", &p.State, required, "who")
	w.name("programme", &p.Programme, required, "of what: partnership-for-peace, major-non-nato-ally")
	w.states("by", &p.By, optional, "by whom, where it is bilateral")
}

// PartnerEnded (partner.ended): A partnership ended.
type PartnerEnded struct {
	State     StateID // who; required
	Programme Name    // of what; required
}

// Type implements [Payload].
func (*PartnerEnded) Type() Type     { return TypePartnerEnded }
func (*PartnerEnded) participation() {}

func (p *PartnerEnded) wire(w *wire) {
	w.state("state", &p.State, required, "who")
	w.name("programme", &p.Programme, required, "of what")
}

// OrganCreated (organ.created): The alliance created an organ or a command.
type OrganCreated struct {
	Organ Name   // its name in this alliance; required
	Title string // its title; required
	Place string // its seat
}

// Type implements [Payload].
func (*OrganCreated) Type() Type     { return TypeOrganCreated }
func (*OrganCreated) participation() {}

func (p *OrganCreated) wire(w *wire) {
	w.name("organ", &p.Organ, required, "its name in this alliance")
	w.text("title", &p.Title, required, "its title")
	w.text("place", &p.Place, optional, "its seat")
}

// OrganEnded (organ.ended): An organ ceased to exist.
type OrganEnded struct {
	Organ Name // which; required
}

// Type implements [Payload].
func (*OrganEnded) Type() Type     { return TypeOrganEnded }
func (*OrganEnded) participation() {}

func (p *OrganEnded) wire(w *wire) {
	w.name("organ", &p.Organ, required, "which")
}

// CommandJoined (command.joined): A state put forces under a common command
// or joined its planning.
type CommandJoined struct {
	State StateID // who; required
	Organ Name    // which command; required
}

// Type implements [Payload].
func (*CommandJoined) Type() Type     { return TypeCommandJoined }
func (*CommandJoined) participation() {}

func (p *CommandJoined) wire(w *wire) {
	w.state("state", &p.State, required, "who")
	w.name("organ", &p.Organ, required, "which command")
}

// CommandLeft (command.left): A state took its forces out of a common
// command. It stays a party.
type CommandLeft struct {
	State StateID // who; required
	Organ Name    // which command; required
}

// Type implements [Payload].
func (*CommandLeft) Type() Type     { return TypeCommandLeft }
func (*CommandLeft) participation() {}

func (p *CommandLeft) wire(w *wire) {
	w.state("state", &p.State, required, "who")
	w.name("organ", &p.Organ, required, "which command")
}

// PhaseJoined (phase.joined): A state takes part in a phase of the instrument.
// A phase is the time between two changes of the text, as the Alliance Treaty
// Obligations and Provisions data count them (codebook of version 5.1, 1.53).
// Two phases run side by side where a bilateral instrument passed to two
// successors of a party.
type PhaseJoined struct {
	State StateID // who; required
	Phase Name    // which phase; required
}

// Type implements [Payload].
func (*PhaseJoined) Type() Type     { return TypePhaseJoined }
func (*PhaseJoined) participation() {}

func (p *PhaseJoined) wire(w *wire) {
	w.state("state", &p.State, required, "who")
	w.name("phase", &p.Phase, required, "which phase")
}

// PhaseLeft (phase.left): A phase of the instrument ended for a state, by its
// leaving or by the end of the phase.
type PhaseLeft struct {
	State StateID // who; required
	Phase Name    // which phase; required
	How   string  // why, in words
}

// Type implements [Payload].
func (*PhaseLeft) Type() Type     { return TypePhaseLeft }
func (*PhaseLeft) participation() {}

func (p *PhaseLeft) wire(w *wire) {
	w.state("state", &p.State, required, "who")
	w.name("phase", &p.Phase, required, "which phase")
	w.text("how", &p.How, optional, "why, in words")
}

// BaseAgreed (base.agreed): A state granted another the use of bases.
type BaseAgreed struct {
	Host  StateID // on whose territory; required
	User  StateID // who uses it; required
	Base  Name    // its name in this alliance; required
	Title string  // the agreement
}

// Type implements [Payload].
func (*BaseAgreed) Type() Type     { return TypeBaseAgreed }
func (*BaseAgreed) participation() {}

func (p *BaseAgreed) wire(w *wire) {
	w.state("host", &p.Host, required, "on whose territory")
	w.state("user", &p.User, required, "who uses it")
	w.name("base", &p.Base, required, "its name in this alliance")
	w.text("title", &p.Title, optional, "the agreement")
}

// BaseEnded (base.ended): The use of bases ended.
type BaseEnded struct {
	Host StateID // on whose territory; required
	User StateID // who used it; required
	Base Name    // which; required
}

// Type implements [Payload].
func (*BaseEnded) Type() Type     { return TypeBaseEnded }
func (*BaseEnded) participation() {}

func (p *BaseEnded) wire(w *wire) {
	w.state("host", &p.Host, required, "on whose territory")
	w.state("user", &p.User, required, "who used it")
	w.name("base", &p.Base, required, "which")
}

// PostureChanged (posture.changed): Forces were stationed, raised, activated
// or withdrawn.
type PostureChanged struct {
	Posture Name    // its name in this alliance; required
	To      string  // what it is now; required
	Host    StateID // where
	Lead    StateID // the framework nation
	Size    string  // how large, as the source says it
}

// Type implements [Payload].
func (*PostureChanged) Type() Type     { return TypePostureChanged }
func (*PostureChanged) participation() {}

func (p *PostureChanged) wire(w *wire) {
	w.name("posture", &p.Posture, required, "its name in this alliance")
	enum(w, "to", &p.To, required, "decided active reinforced ended", "what it is now")
	w.state("host", &p.Host, optional, "where")
	w.state("lead", &p.Lead, optional, "the framework nation")
	w.text("size", &p.Size, optional, "how large, as the source says it")
}

// PledgeMade (pledge.made): A promise that is not a legal obligation.
type PledgeMade struct {
	Pledge    Name      // its name in this alliance; required
	Givers    []StateID // who promised; empty means all parties
	Receivers []StateID // to whom
	Text      string    // what was promised; required
	Until     When      // by when or until when
}

// Type implements [Payload].
func (*PledgeMade) Type() Type     { return TypePledgeMade }
func (*PledgeMade) participation() {}

func (p *PledgeMade) wire(w *wire) {
	w.name("pledge", &p.Pledge, required, "its name in this alliance")
	w.states("givers", &p.Givers, optional, "who promised; empty means all parties")
	w.states("receivers", &p.Receivers, optional, "to whom")
	w.text("text", &p.Text, required, "what was promised")
	w.when("until", &p.Until, optional, "by when or until when")
}
