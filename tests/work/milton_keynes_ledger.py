"""The ledger of the Milton Keynes strategy, typed from what was published and not read from the profile."""

NUMBERS = [f"N{n}" for n in range(1, 21)]
SURVEYS = [f"S{n}" for n in range(1, 15)]
COHORTS = [f"C{n}" for n in range(1, 18)]
COMMITMENTS = [f"A{n}" for n in range(1, 40)]

U = "not stated"
# row: section, part of the published value, part of the period, direction of improvement, dataset awaited
ROWS = {
    "N1": ("P2", "+21%", "September 2023 to September 2024", "neutral", "recorded-crime-partnership"),
    "N2": ("P2", "+5%", "September 2023 to September 2024", "neutral", "recorded-crime-partnership"),
    "N3": ("P2", "half; overall rates down since 2022", "2024", "lower", "police-extract"),
    "N4": ("P5", "+31%", U, "lower", "recorded-crime-partnership"),
    "N5": ("P5", "+46%", U, "lower", "recorded-crime-partnership"),
    "N6": ("P5", "+14%", U, "lower", "recorded-crime-partnership"),
    "N7": ("P5", "−10%", U, "lower", "recorded-crime-partnership"),
    "N8": ("P5", "down", "the weeks after", "lower", "police-extract"),
    "N9": ("SI", "−13%", U, "neutral", "recorded-crime-partnership"),
    "N10": ("SI", "−4%", U, "lower", "recorded-crime-partnership"),
    "N11": ("SI", "each of three years", "three years", "lower", "police-extract"),
    "N12": ("EC", "−2.2%; knife-enabled crime fell most", "past year", "lower", "recorded-crime-partnership"),
    "N13": ("LE", "+34%", U, "neutral", "recorded-crime-partnership"),
    "N14": ("LE", "−17%", U, "neutral", "recorded-crime-partnership"),
    "N15": ("EI", "73%", "2025 strategic needs assessment", "neutral", "police-extract"),
    "N16": ("EI", "86%", "2025 strategic needs assessment", "neutral", "police-extract"),
    "N17": ("EI", "18 to 34", "2025 strategic needs assessment", "lower", "police-extract"),
    "N18": ("EI", "over-represented; data incomplete", "2025 strategic needs assessment", "lower", "police-extract"),
    "N19": ("MH", "static; racist most", "year by year", "lower", "police-extract"),
    "N20": ("MM", "low; mostly criminal exploitation", U, "lower", "modern-slavery-referrals"),
    "S1": ("P2", "30% to 33%", "", "higher", "survey-responses"),
    "S2": ("P2", "79%", U, "lower", "survey-responses"),
    "S3": ("P2", "66%", U, "lower", "survey-responses"),
    "S4": ("P2", "51%", U, "lower", "survey-responses"),
    "S5": ("P2", "not statistically different", U, "lower", "survey-responses"),
    "S6": ("P4", "52%", "past year", "lower", "survey-responses"),
    "S7": ("P4", "37%", "past year", "higher", "survey-responses"),
    "S8": ("P4", "speeding, nuisance vehicles, rowdiness, aggressive begging", U, "neutral", "survey-responses"),
    "S9": ("SI", "7% to 4%", "", "lower", "survey-responses"),
    "S10": ("SI", "57% to 67%", "", "higher", "survey-responses"),
    "S11": ("SI", "56% to 48%", "", "lower", "survey-responses"),
    "S12": ("SI", "14% to 9%", "", "lower", "survey-responses"),
    "S13": ("EC", "2%", U, "higher", "survey-responses"),
    "S14": ("EI", "limited awareness", U, "higher", "survey-responses"),
    "C1": ("EI", "38%", U, "neutral", "youth-justice"),
    "C2": ("EI", "significantly likelier", "2024", "lower", "agency-counts"),
    "C3": ("EI", "suspensions up; permanent exclusions rare", U, "lower", "schools"),
    "C4": ("EI", "93%", U, "neutral", "agency-counts"),
    "C5": ("EI", "within 48 hours", U, "higher", "agency-counts"),
    "C6": ("LE", "55%; above the national share", U, "neutral", "treatment"),
    "C7": ("LE", "over half", U, "neutral", "treatment"),
    "C8": ("LE", "80%", U, "higher", "treatment"),
    "C9": ("LE", "70%", "2024/25", "higher", "treatment"),
    "C10": ("LE", "50%", "2024/25", "higher", "treatment"),
    "C11": ("P2", "2,394 children", "March 2025", "higher", "agency-counts"),
    "C12": ("P5", "over 3,000 residents", "since April 2025", "higher", "agency-counts"),
    "C13": ("P2", "£750,000", "2022", "neutral", "agency-counts"),
    "C14": ("P1", "three", "previous strategy", "neutral", "agency-counts"),
    "C15": ("P1", "strategy of 2025", "2023/24", "neutral", "agency-counts"),
    "C16": ("LE", "four years", "", "neutral", "agency-counts"),
    "C17": ("EI", "ended", "2025", "lower", "agency-counts"),
}

FAULTS = {
    "N3": "Another population than N15 and N16",
    "N15": "Another population than N3",
    "N16": "England's figure for 2019/20",
    "C1": "confirm that it is local",
    "C2": "confirm that it is local",
    "S1": "1,841",
    "S9": "442",
    "S12": "311",
    "S11": "298",
    "S10": "tiny",
    "S2": "about 57%",
    "S4": "about 57%",
    "S7": "unclear",
    "C9": "Alcohol Treatment Requirement",
    "C16": "3.3 years",
    "N5": "small number",
    "N6": "definition of 2023",
    "N8": "comparison areas",
    "N19": "overlap",
}

RELATED = {
    "N1": "recorded-violence-and-sexual-offences",
    "N2": "recorded-violence-and-sexual-offences",
    "N4": "recorded-shoplifting",
    "N5": "recorded-robbery",
    "N6": "recorded-burglary",
    "N7": "recorded-theft-from-the-person",
    "N9": "recorded-possession-of-weapons",
    "N10": "recorded-violence-and-sexual-offences",
    "N13": "recorded-drugs",
    "N14": "recorded-drugs",
}

# action: section, a word of it, owner or forum named, whether that is our reading, due as published
PROMISES = {
    "A1": ("P1", "Domestic Abuse Strategy", "domestic-abuse-partnership", False, ""),
    "A2": ("P2", "Task and Finish", "vawg-task-and-finish", False, ""),
    "A3": ("P2", "pathway", "safeguarding-partnership", False, ""),
    "A4": ("P2", "Casey", "safeguarding-partnership", False, ""),
    "A5": ("P2", "facial recognition", "business-improvement-district", False, ""),
    "A6": ("P2", "residents", "safeguarding-partnership", False, ""),
    "A7": ("P3", "Channel", "prevent-board", False, ""),
    "A8": ("P3", "Train", "prevent-board", True, "annual"),
    "A9": ("P3", "Prevent Partnership Plan", "prevent-board", True, ""),
    "A10": ("P3", "Channel", "prevent-board", True, ""),
    "A11": ("P3", "services", "prevent-board", True, ""),
    "A12": ("P3", "Martyn's Law", "prevent-board", True, ""),
    "A13": ("P3", "public", "prevent-board", True, ""),
    "A14": ("P4", "vehicles", "milton-keynes-city-council", True, ""),
    "A15": ("P4", "Chromium", "thames-valley-police", True, ""),
    "A16": ("P4", "shop crime", "start", False, ""),
    "A17": ("P4", "reporting", "start", False, ""),
    "A18": ("P4", "Respect Orders", "thames-valley-police", False, ""),
    "A19": ("P5", "prolific shoplifters", "safeguarding-partnership", True, ""),
    "A20": ("P5", "city centre", "business-improvement-district", False, ""),
    "A21": ("P5", "roadshows", "safeguarding-partnership", True, ""),
    "A22": ("P5", "vehicles", "neighbourhood-crime", False, "weekly"),
    "A23": ("P5", "DISC", "neighbourhood-crime", False, ""),
    "A24": ("MM", "slavery", "safeguarding-partnership", True, ""),
    "A25": ("MH", "confidence", "independent-advisory-group", False, "annual"),
    "A26": ("GO", "Action Plan", "operations-group", False, "annual"),
    "A27": ("GO", "dashboard", "operations-group", False, "quarterly review"),
    "A28": ("EI", "outside the home", "safeguarding-partnership", True, "2025"),
    "A29": ("EI", "Act Now, Focused Deterrence", "safeguarding-partnership", True, "funding ends"),
    "A30": ("EI", "newsletter", "safeguarding-partnership", False, ""),
    "A31": ("EI", "adultification", "safeguarding-partnership", True, ""),
    "A32": ("EC", "residents and businesses", "safeguarding-partnership", False, ""),
    "A33": ("EC", "In MK I Can", "safeguarding-partnership", True, ""),
    "A34": ("EC", "communications plan", "safeguarding-partnership", True, ""),
    "A35": ("EC", "voluntary", "safeguarding-partnership", True, ""),
    "A36": ("LE", "organised crime", "thames-valley-police", False, ""),
    "A37": ("LE", "group sessions", "young-peoples-drug-and-alcohol-service", False, ""),
    "A38": ("LE", "on arrest", "liaison-and-diversion", False, ""),
    "A39": ("CO", "why some crime rises", "safeguarding-partnership", False, ""),
}

BODIES = {  # name or alias: a word of how often it meets
    "MK Together Safeguarding Partnership": U,
    "DASP": U,
    "Domestic Abuse Operational Group": U,
    "DHR affiliate groups": U,
    "National DHR forum": U,
    "Prevent Board": "annual review of hate crime",
    "VAWG Task and Finish group": "to be established",
    "START": U,
    "SV Operations Group": "quarterly for the dashboard",
    "Delivery Group": "monthly",
    "Knife Crime Panel": "weekly",
    "Police-led forums": U,
    "Multi-agency panels": U,
    "Contextual Safeguarding Board": U,
    "Neighbourhood Crime meeting": "weekly",
    "Stronghold": "monthly",
    "IAG": U,
    "Combatting Drugs Partnership": U,
    "MK Inclusion Partnership peer panels": U,
    "Bar Watch": U,
    "BID": U,
    "Council scrutiny": U,
    "Safer MK": "no longer meets",
}
ALSO_NAMED = """PCC; Home Office; Youth Justice Board; VPP; Contextual safeguarding team; Victims First; Licensing
    Thames Valley Police Harm Reduction Unit; Children's Services; Children's Social Care; Milton Keynes Hospital
    My Local Bobby; Milton Keynes Community Foundation; MK Dons Trust; Mosques; Synagogues; The Safety Centre
    Homelessness outreach teams; Emergency services; Thames Valley Police; Milton Keynes City Council; YJSS; YOT
    ARC; Young People's Drug and Alcohol Service; Liaison and Diversion; Department for Education"""
PROGRAMMES = """Safer Route; Project Vigilant; You're Right, That's Wrong; Bystander Campaign; White Ribbon
    Active Bystander Training; Ask for Angela; Licensing inspections; sex-working scoping exercise; Bite Back
    Online Safety Weeks; Home Office Prevent Platform; alcohol PSPO; vehicle PSPO; ASB Pathway; Operation Intercept
    Police operation on shoplifting (not named); Alternative giving; Graffiti removal; EVA; Safer Streets Mission
    Environmental visual audits; Hospital Navigators; Custody Navigators; School Navigators; Operation Paramount
    Street Games; Child First; Early Help Strategy; Trauma-informed toolkit; hotspot-mapping patrols
    school knife sessions; Operation Sceptre; Knife Crime Prevention Fund; Drug Diversion Scheme
    Operation Chromium; Operation Deter; Act Now; Focused Deterrence; Focused Deterrents; Early Support Project
    Stay True to You; In MK I Can; ROTH; DToA; ATO; ATR; DRR; Martyn's Law; Channel; Crime prevention roadshows
    Neighbourhood Policing Guarantee; Respect Orders; Domestic Abuse Strategy; Prevent Partnership Plan
    Serious Violence Action Plan; Safer Streets Fund, 2022; VAWG education; Facial recognition pilot"""
PLATFORMS = """Thames Valley Together; Thames Valley Intelligence Sharing Platform; SV dashboard
    Partnership intelligence portal; DISC; DiSC"""
